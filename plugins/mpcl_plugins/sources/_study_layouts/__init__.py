"""What the sources of published studies have in common: tracks of signals, MATLAB structs and rules for labels."""
