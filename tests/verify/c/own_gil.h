/* A module that says it may be loaded in interpreters with their own GIL, made by one exec function. */
#include <Python.h>

#define OWN_GIL_MODULE(NAME, EXEC, STATE_SIZE, TRAVERSE, CLEAR)                                         \
    static PyModuleDef_Slot NAME##_module_slots[] = {                                                   \
        {Py_mod_exec, EXEC},                                                                            \
        {Py_mod_multiple_interpreters, Py_MOD_PER_INTERPRETER_GIL_SUPPORTED},                           \
        {0, NULL}};                                                                                     \
    static PyModuleDef NAME##_module = {PyModuleDef_HEAD_INIT, .m_name = #NAME, .m_size = STATE_SIZE,   \
        .m_slots = NAME##_module_slots, .m_traverse = TRAVERSE, .m_clear = CLEAR};                      \
    PyMODINIT_FUNC PyInit_##NAME(void) { return PyModuleDef_Init(&NAME##_module); }
