/* Isolated: a heap type and an exception in the module's state. */
#include "own_gil.h"

typedef struct { PyTypeObject *Thing; PyObject *error; } clean_state;
typedef struct { PyObject_HEAD PyObject *value; } Thing;

static int Thing_traverse(Thing *self, visitproc visit, void *arg)
{
    Py_VISIT(Py_TYPE(self));
    Py_VISIT(self->value);
    return 0;
}

static int Thing_clear(Thing *self) { Py_CLEAR(self->value); return 0; }

static void Thing_dealloc(Thing *self)
{
    PyTypeObject *type = Py_TYPE(self);
    PyObject_GC_UnTrack(self);
    Thing_clear(self);
    type->tp_free(self);
    Py_DECREF(type);
}

#ifdef MUTABLE
#undef Py_TPFLAGS_IMMUTABLETYPE
#define Py_TPFLAGS_IMMUTABLETYPE 0
#endif

#ifdef PICKLABLE
#define THING_NEW
static PyMethodDef Thing_methods[] = {{NULL}};
#else
#define THING_NEW {Py_tp_new, PyType_GenericNew},
static PyObject *Thing_reduce(PyObject *self, PyObject *unused)
{
    return PyErr_Format(PyExc_TypeError, "cannot pickle '%s' object", Py_TYPE(self)->tp_name);
}

static PyMethodDef Thing_methods[] = {{"__reduce__", Thing_reduce, METH_NOARGS, NULL}, {NULL}};
#endif

static PyType_Slot Thing_slots[] = {
    {Py_tp_doc, "A thing."}, THING_NEW {Py_tp_methods, Thing_methods}, {Py_tp_traverse, Thing_traverse}, {Py_tp_clear, Thing_clear}, {Py_tp_dealloc, Thing_dealloc}, {0, NULL}};

static PyType_Spec Thing_spec = {.name = "clean.Thing", .basicsize = sizeof(Thing), .slots = Thing_slots,
    .flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_IMMUTABLETYPE | Py_TPFLAGS_BASETYPE};

static int clean_traverse(PyObject *module, visitproc visit, void *arg)
{
    clean_state *state = PyModule_GetState(module);
    Py_VISIT(state->Thing);
    Py_VISIT(state->error);
    return 0;
}

static int clean_clear(PyObject *module)
{
    clean_state *state = PyModule_GetState(module);
    Py_CLEAR(state->Thing);
    Py_CLEAR(state->error);
    return 0;
}

static int clean_exec(PyObject *module)
{
    clean_state *state = PyModule_GetState(module);
    state->Thing = (PyTypeObject *)PyType_FromModuleAndSpec(module, &Thing_spec, NULL);
    if (state->Thing == NULL || PyModule_AddType(module, state->Thing) < 0)
        return -1;
    state->error = PyErr_NewException("clean.error", NULL, NULL);
    return state->error == NULL ? -1 : PyModule_AddObjectRef(module, "error", state->error);
}

OWN_GIL_MODULE(clean, clean_exec, sizeof(clean_state), clean_traverse, clean_clear)
