/* A heap type, but kept in a static that every interpreter overwrites. */
#include "own_gil.h"

static PyType_Slot slots[] = {{Py_tp_doc, "kept"}, {0, NULL}};
static PyType_Spec spec = {.name = "kept_type.Kept", .basicsize = sizeof(PyObject), .flags = Py_TPFLAGS_DEFAULT, .slots = slots};

static int kept_type_exec(PyObject *module)
{
    static PyObject *kept;
    PyObject *earlier = kept;
    kept = PyType_FromModuleAndSpec(module, &spec, NULL);
    return kept == NULL || kept == earlier ? -1 : PyModule_Add(module, "Kept", Py_NewRef(kept));
}

OWN_GIL_MODULE(kept_type, kept_type_exec, 0, NULL, NULL)
