"""
=============
Fit of a line
=============

The estimator :class:`~numpy.linalg.LinAlgError` and a formula, :math:`y = a x + b`.

.. note::
    Read `the book <https://example.org/book>`_ first.
"""

# Authors: the lecturer
import numpy as np

###############################################################################
# Data
# ----
#
# We draw ``n`` points::
#
#     n = 3
#
# .. math::
#
#     y = a x + b

n = 3
x = np.arange(n)

# %%
# Fit
# ---
# See [1]_ and :ref:`the guide <guide>`.
#
# .. [1] A. Author, *A title*.
a, b = np.polyfit(x, x, 1)

# %%
print(a, b)
