/* The C API of datetime keeps its capsule in a static of each file that imports it. */
#define DATETIME_H
#define PyDateTime_IMPORT PyDateTimeAPI = (PyDateTime_CAPI *)PyCapsule_Import("datetime.datetime_CAPI", 0)
