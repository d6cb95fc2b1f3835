"""Reports: notebooks run through papermill and written as a site of HTML pages.

The way of a report is one direction: ``plan`` reads and checks the batch file, ``render`` turns an
executed notebook into a page, ``run`` executes and puts the results in place, ``site`` writes the
index and the manifest over them. ``refresh`` re-executes the committed notebooks.
"""
