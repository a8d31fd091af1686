/* Every way a static can hold a type or an object, and the tables of the C API, which are none. */
#include "own_gil.h"

typedef struct { PyObject_HEAD int value; } Own;

PyTypeObject Plain_Type = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "residue.Plain"};
PyTypeObject many[2];
PyObject *pointer;
PyObject *array[4];
struct { int count; struct { PyObject *object; } inside; } in_struct;
PyTypeObject *to_type;
Own *to_own;
PyObject **list;
Own instance;

int number;
const char *text;
char buffer[sizeof(PyTypeObject)];
_Thread_local PyObject *of_thread;
static PyMethodDef methods[] = {{NULL}};
static PyMemberDef members[] = {{NULL}};
static PyGetSetDef getset[] = {{NULL}};
static PyNumberMethods as_number;
PyTypeObject *const fixed = &PyLong_Type;

static int residue_exec(PyObject *module)
{
    static PyObject *inner;
    static int calls;
    if (inner == NULL)
        inner = module;
    pointer = array[calls++ & 3] = in_struct.inside.object = of_thread = module;
    in_struct.count += number + buffer[calls & 7] + (text != NULL) + instance.value + (fixed == to_type);
    return inner == (PyObject *)methods || (void *)members == (void *)getset || as_number.nb_add || list == array || (PyObject *)to_own == pointer;
}

OWN_GIL_MODULE(residue, residue_exec, 0, NULL, NULL)
