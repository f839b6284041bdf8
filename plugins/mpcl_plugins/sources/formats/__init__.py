"""Read file formats that several sources share."""
