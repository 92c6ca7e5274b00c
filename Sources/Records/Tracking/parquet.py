"""Turns a table of comma-separated values on standard input into a file of Parquet, part by part."""

import json
import os
import sys

import pyarrow
from pyarrow import csv, parquet


def main(path, kinds):
    types = {
        "text": pyarrow.string(), "integer": pyarrow.int64(), "number": pyarrow.float64(), "flag": pyarrow.bool_(),
    }
    options = csv.ConvertOptions(
        column_types={name: types[kind] for name, kind in kinds}, null_values=[""], strings_can_be_null=False)
    table = csv.open_csv(
        sys.stdin.buffer, parse_options=csv.ParseOptions(newlines_in_values=True), convert_options=options)
    partial = path + ".partial"
    try:
        with parquet.ParquetWriter(partial, table.schema) as writer:
            for batch in table:
                writer.write_batch(batch)
        os.replace(partial, path)
    except BaseException:
        if os.path.exists(partial):
            os.remove(partial)
        raise


main(sys.argv[1], json.loads(sys.argv[2]))
