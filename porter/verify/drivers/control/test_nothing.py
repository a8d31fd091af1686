"""A suite of one test that needs nothing: if it cannot run somewhere, its runner cannot."""

import unittest


class NothingTest(unittest.TestCase):
    """For unittest and pytest alike."""

    def test_nothing(self):
        self.assertTrue(True)
