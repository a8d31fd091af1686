/* Calls that a sanitizer has something to say about, and that come back all the same. */
#include "own_gil.h"
#include <limits.h>

static int written;

static PyObject *race(PyObject *module, PyObject *unused)
{
    for (int i = 0; i < 1000; i++)
        written++;
    Py_RETURN_NONE;
}

static PyObject *overrun(PyObject *module, PyObject *unused)
{
    volatile char *few = PyMem_RawMalloc(40);
    char past = few[40];
    PyMem_RawFree((void *)few);
    return PyBool_FromLong(past == past);
}

static PyObject *wrap(PyObject *module, PyObject *number)
{
    volatile int most = INT_MAX;
    most += PyLong_Check(number);
    return PyLong_FromLong(most);
}

static PyMethodDef methods[] = {
#ifdef RACE
    {"race", race, METH_NOARGS, NULL},
#endif
#ifdef OVERRUN
    {"overrun", overrun, METH_NOARGS, NULL},
#endif
#ifdef WRAP
    {"wrap", wrap, METH_O, NULL},
#endif
    {NULL, NULL, 0, NULL}};

static int careless_exec(PyObject *module) { return PyModule_AddFunctions(module, methods); }

OWN_GIL_MODULE(careless, careless_exec, 0, NULL, NULL)
