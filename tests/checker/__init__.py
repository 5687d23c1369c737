"""A judge of the product that shares no code with it: it reads the workbook with openpyxl alone."""
