/* Empty: Box2D is C++, and only CBox2D includes its headers; this names the library to link. */
