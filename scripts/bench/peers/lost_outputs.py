"""Counts missing outputs in executed trivial notebooks (each code cell prints one line and returns one value)."""
import json, sys

outputs = lost_outputs = lost_cells = runs_hit = 0
for path in sys.argv[1:]:
    cells = [c for c in json.load(open(path))["cells"] if c["cell_type"] == "code"]
    kinds = [{o["output_type"] for o in c["outputs"]} for c in cells]
    missing = [("stream" not in k) + ("execute_result" not in k) for k in kinds]
    outputs += 2 * len(cells)
    lost_outputs += sum(missing)
    lost_cells += sum(m > 0 for m in missing)
    runs_hit += any(missing)
print(json.dumps({"runs": len(sys.argv) - 1, "runs_with_losses": runs_hit, "outputs": outputs,
                  "outputs_lost": lost_outputs, "cells_with_missing_outputs": lost_cells}))
