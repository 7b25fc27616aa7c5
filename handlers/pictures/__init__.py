"""What our pictures show, as plain values: who is told by a FLOW, and what a drill brought to light. The drawer knows where it stands."""
