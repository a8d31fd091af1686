/* The old names of Py_T_INT and its kin are names only. */
#define Py_STRUCTMEMBER_H
