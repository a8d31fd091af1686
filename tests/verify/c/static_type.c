/* Half a port: it says own GIL and shares a static type. */
#include "own_gil.h"

static PyTypeObject Shared_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "static_type.Shared",
    .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT, .tp_new = PyType_GenericNew};

static int static_type_exec(PyObject *module) { return PyModule_AddType(module, &Shared_Type); }

OWN_GIL_MODULE(static_type, static_type_exec, 0, NULL, NULL)
