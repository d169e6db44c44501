FROM carriers
