"""Read the file formats that several sources share."""
