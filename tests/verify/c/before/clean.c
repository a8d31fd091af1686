/* What clean.c was before its port: a static type, a static exception, single-phase init. */
#include <Python.h>

typedef struct { PyObject_HEAD PyObject *value; } Thing;

static void Thing_dealloc(Thing *self)
{
    Py_CLEAR(self->value);
    Py_TYPE(self)->tp_free(self);
}

static PyTypeObject Thing_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "clean.Thing", .tp_basicsize = sizeof(Thing),
    .tp_doc = "A thing.", .tp_dealloc = (destructor)Thing_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
    .tp_new = PyType_GenericNew};
static PyObject *error;
static PyModuleDef clean_module = {PyModuleDef_HEAD_INIT, .m_name = "clean", .m_size = -1};

PyMODINIT_FUNC PyInit_clean(void)
{
    PyObject *module = PyModule_Create(&clean_module);
    error = PyErr_NewException("clean.error", NULL, NULL);
    if (PyModule_AddType(module, &Thing_Type) < 0 || PyModule_AddObjectRef(module, "error", error) < 0)
        return NULL;
    return module;
}
