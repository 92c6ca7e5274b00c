/* Empty: only CMPI includes MPI's header; this names the library to link. */
