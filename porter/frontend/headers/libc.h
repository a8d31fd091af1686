/* What of the C library matters to read a file: macros that take types, and the names of types. */
#define O_CLOEXEC 02000000
#define SOCK_CLOEXEC O_CLOEXEC
#define FIOCLEX 0x5451
#define FIONCLEX 0x5450
#define va_arg(LIST, TYPE) (*(TYPE *)va_arg_of(LIST))
#define va_start(LIST, LAST) va_start_of(LIST)
#define va_copy(TO, FROM) ((TO) = (FROM))
#define EOF (-1)
#define CHAR_BIT 8
#define UCHAR_MAX 255
#define SHRT_MAX 32767
#define USHRT_MAX 65535
#define INT_MAX 2147483647
#define INT_MIN (-2147483647 - 1)
#define UINT_MAX 4294967295U
#define LONG_MAX 9223372036854775807L
#define LONG_MIN (-9223372036854775807L - 1)
#define ULONG_MAX 18446744073709551615UL
#define LLONG_MAX 9223372036854775807LL
#define ULLONG_MAX 18446744073709551615ULL
#define SIZE_MAX 18446744073709551615UL
#define INT8_MAX 127
#define INT16_MAX 32767
#define INT32_MAX 2147483647
#define INT64_MAX 9223372036854775807L
#define UINT8_MAX 255
#define UINT16_MAX 65535
#define UINT32_MAX 4294967295U
#define UINT64_MAX 18446744073709551615UL
#define INT64_C(X) X##L
#define UINT64_C(X) X##UL
#define INT32_C(X) X
#define UINT32_C(X) X##U
#define PRId64 "ld"
#define PRIu64 "lu"
#define PRIx64 "lx"
#define PRIX64 "lX"
#define PRId32 "d"
#define PRIu32 "u"
#define PRIx32 "x"
#define PRIuPTR "lu"
#define KERNEL_VERSION(A, B, C) (((A) << 16) + ((B) << 8) + ((C) > 255 ? 255 : (C)))
#define LINUX_VERSION_CODE 0x060100

typedef unsigned long size_t; typedef long ssize_t; typedef long ptrdiff_t; typedef int wchar_t; typedef int wint_t; typedef long off_t; typedef long time_t; typedef long clock_t; typedef long long off64_t;
typedef signed char int8_t; typedef short int16_t; typedef int int32_t; typedef long int64_t; typedef unsigned char uint8_t; typedef unsigned short uint16_t; typedef unsigned int uint32_t; typedef unsigned long uint64_t;
typedef long intptr_t; typedef unsigned long uintptr_t; typedef long intmax_t; typedef unsigned long uintmax_t; typedef int int_fast8_t; typedef int int_fast16_t; typedef int int_fast32_t; typedef long int_fast64_t;
typedef unsigned uint_fast8_t; typedef unsigned uint_fast16_t; typedef unsigned uint_fast32_t; typedef unsigned long uint_fast64_t; typedef int int_least8_t; typedef int int_least16_t; typedef int int_least32_t;
typedef unsigned uint_least8_t; typedef unsigned uint_least16_t; typedef unsigned uint_least32_t; typedef unsigned long uint_least64_t; typedef long int_least64_t; typedef int char16_t; typedef int char32_t;
typedef struct FILE FILE; typedef struct va_list va_list; typedef struct __builtin_va_list __builtin_va_list; typedef struct fpos_t fpos_t; typedef struct jmp_buf jmp_buf; typedef struct sigjmp_buf sigjmp_buf;
typedef int pid_t; typedef unsigned uid_t; typedef unsigned gid_t; typedef unsigned mode_t; typedef unsigned long dev_t; typedef unsigned long ino_t; typedef unsigned long nlink_t; typedef unsigned socklen_t;
typedef unsigned long pthread_t; typedef struct pthread_mutex_t pthread_mutex_t; typedef struct pthread_cond_t pthread_cond_t; typedef struct pthread_key_t pthread_key_t; typedef struct pthread_once_t pthread_once_t;
typedef struct pthread_attr_t pthread_attr_t; typedef struct pthread_rwlock_t pthread_rwlock_t; typedef struct sem_t sem_t; typedef struct sigset_t sigset_t; typedef int sig_atomic_t; typedef struct DIR DIR;
typedef struct fd_set fd_set; typedef struct div_t div_t; typedef struct ldiv_t ldiv_t; typedef struct locale_t locale_t; typedef struct mbstate_t mbstate_t; typedef struct stat_t stat_t; typedef unsigned long rlim_t;
typedef unsigned char u_char; typedef unsigned short u_short; typedef unsigned u_int; typedef unsigned long u_long; typedef unsigned char u_int8_t; typedef unsigned short u_int16_t; typedef unsigned u_int32_t;
typedef unsigned long u_int64_t; typedef unsigned short sa_family_t; typedef unsigned in_addr_t; typedef unsigned short in_port_t; typedef struct regex_t regex_t; typedef struct regmatch_t regmatch_t; typedef unsigned uint; typedef unsigned short ushort; typedef unsigned long ulong;
typedef struct once_flag once_flag; typedef struct mtx_t mtx_t; typedef struct thrd_t thrd_t; typedef struct atomic_flag atomic_flag; typedef int atomic_int; typedef int atomic_bool; typedef long atomic_size_t; typedef double float_t; typedef double double_t; typedef struct siginfo_t siginfo_t; typedef int suseconds_t; typedef int useconds_t; typedef int clockid_t; typedef int key_t; typedef int id_t; typedef int blksize_t; typedef int blkcnt_t;
typedef float __m64; typedef double __m128; typedef double __m128i; typedef double __m128d; typedef double __m256; typedef double __m256i; typedef double __m256d; typedef double __m512i; typedef double __int128_t; typedef double __uint128_t; typedef int uint8x16_t; typedef int uint32x4_t; typedef int uint64x2_t;
