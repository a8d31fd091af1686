/* An exec function that asks for memory and does not look whether it got any (or, with SILENT, fails without a word). */
#include "own_gil.h"

static int midway_exec(PyObject *module)
{
    char *memory = PyMem_Malloc(100);
#ifdef SILENT
    if (memory == NULL)
        return -1;
#endif
    memory[0] = 'm';
    PyObject *name = PyUnicode_FromStringAndSize(memory, 1);
    PyMem_Free(memory);
    int result = name == NULL ? -1 : PyModule_AddObjectRef(module, "name", name);
    Py_XDECREF(name);
    return result;
}

OWN_GIL_MODULE(midway, midway_exec, 0, NULL, NULL)
