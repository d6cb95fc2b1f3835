"""Warm kernels: processes forked from one that has already imported what is slow to import.

``server`` is that process, ``client`` starts one and asks it for children, ``kernel`` is what a
child does to be an IPython kernel, and ``provisioner`` offers that to Jupyter under the name
``ctdata-warm``.
"""
