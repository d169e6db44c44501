// toml++ behind C: parses a document into a flat list of events with positions, so that Swift never sees C++.
#pragma once
int ctoml_placeholder(void);
