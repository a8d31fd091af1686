/* A function that reads the state of its module through a static, which the end of the module takes away.
 * Heap type and exception are right; only who comes after the module is hurt. With ONCE it refuses a second load. */
#include "own_gil.h"

typedef struct { int number; } outlived_state;
static _Thread_local outlived_state *current;

static PyObject *read_number(PyObject *self)
{
#ifdef ONCE
    return PyUnicode_FromFormat("once");
#else
    return PyUnicode_FromFormat("%d", current->number);
#endif
}

static void Reader_dealloc(PyObject *self)
{
    PyTypeObject *type = Py_TYPE(self);
    type->tp_free(self);
    Py_DECREF(type);
}

static PyType_Slot slots[] = {{Py_tp_repr, read_number}, {Py_tp_dealloc, Reader_dealloc}, {Py_tp_new, PyType_GenericNew}, {0, NULL}};
static PyType_Spec spec = {.name = "outlived.Reader", .basicsize = sizeof(PyObject), .flags = Py_TPFLAGS_DEFAULT, .slots = slots};

static int outlived_exec(PyObject *module)
{
#ifdef ONCE
    static _Thread_local int loaded;
    if (loaded++) {
        PyErr_SetString(PyExc_ImportError, "cannot load outlived twice");
        return -1;
    }
#endif
    current = PyModule_GetState(module);
    PyObject *type = PyType_FromSpec(&spec);
    int result = type == NULL ? -1 : PyModule_AddType(module, (PyTypeObject *)type);
    Py_XDECREF(type);
    return result;
}

static void outlived_free(void *module) { current = NULL; }

static PyModuleDef_Slot module_slots[] = {
    {Py_mod_exec, outlived_exec}, {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED}, {0, NULL}};
static PyModuleDef definition = {PyModuleDef_HEAD_INIT, .m_name = "outlived", .m_size = sizeof(outlived_state),
    .m_slots = module_slots, .m_free = outlived_free};

PyMODINIT_FUNC PyInit_outlived(void) { return PyModuleDef_Init(&definition); }
