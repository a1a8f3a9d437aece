"""Which headers of the system have which names: no tree need have these headers.

The names are those of C11 clause 7 and of POSIX.1-2017 that programs use in types, tables and
prototypes. A name that is not here may come from a system's header all the same.
"""

from functools import cache

# Each name may be had by several headers; functions are there as tables name them.
_HEADERS = {
    "assert.h": "assert static_assert",
    "ctype.h": "isalnum isalpha isblank iscntrl isdigit isgraph islower isprint ispunct isspace "
    "isupper isxdigit tolower toupper",
    "dirent.h": "DIR struct_dirent",
    "errno.h": "errno E2BIG EACCES EADDRINUSE EADDRNOTAVAIL EAFNOSUPPORT EAGAIN EALREADY EBADF "
    "EBADMSG EBUSY ECANCELED ECHILD ECONNABORTED ECONNREFUSED ECONNRESET EDEADLK EDESTADDRREQ EDOM "
    "EDQUOT EEXIST EFAULT EFBIG EHOSTUNREACH EIDRM EILSEQ EINPROGRESS EINTR EINVAL EIO EISCONN "
    "EISDIR ELOOP EMFILE EMLINK EMSGSIZE EMULTIHOP ENAMETOOLONG ENETDOWN ENETRESET ENETUNREACH "
    "ENFILE ENOBUFS ENODATA ENODEV ENOENT ENOEXEC ENOLCK ENOLINK ENOMEM ENOMSG ENOPROTOOPT ENOSPC "
    "ENOSR ENOSTR ENOSYS ENOTCONN ENOTDIR ENOTEMPTY ENOTRECOVERABLE ENOTSOCK ENOTSUP ENOTTY ENXIO "
    "EOPNOTSUPP EOVERFLOW EOWNERDEAD EPERM EPIPE EPROTO EPROTONOSUPPORT EPROTOTYPE ERANGE EROFS "
    "ESPIPE ESRCH ESTALE ETIME ETIMEDOUT ETXTBSY EWOULDBLOCK EXDEV",
    "fcntl.h": "O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_NONBLOCK O_CLOEXEC "
    "AT_FDCWD F_GETFL F_SETFL struct_flock fcntl open openat off_t mode_t pid_t",
    "inttypes.h": "PRId64 PRIu64 PRIx64 PRId32 PRIu32 PRIx32 imaxdiv_t",
    "limits.h": "CHAR_BIT CHAR_MAX CHAR_MIN INT_MAX INT_MIN LONG_MAX LONG_MIN LLONG_MAX LLONG_MIN "
    "PATH_MAX NAME_MAX SCHAR_MAX SHRT_MAX SHRT_MIN UCHAR_MAX UINT_MAX ULONG_MAX ULLONG_MAX "
    "USHRT_MAX SSIZE_MAX",
    "float.h": "DBL_MAX DBL_MIN DBL_EPSILON FLT_MAX FLT_MIN FLT_EPSILON LDBL_MAX",
    "locale.h": "struct_lconv LC_ALL LC_CTYPE setlocale",
    "math.h": "HUGE_VAL INFINITY NAN M_PI ceil cos exp fabs floor log pow sin sqrt tan",
    "netdb.h": "struct_addrinfo struct_hostent",
    "netinet/in.h": "struct_sockaddr_in struct_sockaddr_in6 struct_in_addr struct_in6_addr "
    "in_addr_t in_port_t",
    "poll.h": "struct_pollfd POLLIN POLLOUT POLLERR POLLHUP nfds_t poll",
    "pthread.h": "pthread_t pthread_mutex_t pthread_cond_t pthread_attr_t pthread_key_t "
    "pthread_once_t pthread_rwlock_t PTHREAD_MUTEX_INITIALIZER",
    "regex.h": "regex_t regmatch_t regcomp regexec",
    "setjmp.h": "jmp_buf sigjmp_buf setjmp longjmp",
    "signal.h": "SIGINT SIGTERM SIGKILL SIGHUP SIGCHLD SIGPIPE SIGALRM SIGSEGV SIGABRT SIGUSR1 "
    "SIGUSR2 SIG_DFL SIG_IGN sig_atomic_t sigset_t siginfo_t struct_sigaction pid_t signal raise",
    "stdalign.h": "alignas alignof",
    "stdarg.h": "va_list va_start va_end va_arg va_copy",
    "stdbool.h": "bool true false",
    "stddef.h": "NULL size_t ptrdiff_t wchar_t offsetof max_align_t",
    "stdint.h": "INT8_MAX INT16_MAX INT32_MAX INT64_MAX UINT8_MAX UINT16_MAX UINT32_MAX "
    "UINT64_MAX SIZE_MAX INTPTR_MAX UINTPTR_MAX PTRDIFF_MAX",
    "stdio.h": "FILE fpos_t size_t ssize_t off_t va_list NULL BUFSIZ EOF FILENAME_MAX SEEK_SET "
    "SEEK_CUR SEEK_END stdin stdout stderr fclose feof ferror fflush fgetc fgets fopen fprintf "
    "fputc fputs fread fscanf fseek ftell fwrite getc getchar perror printf putc putchar puts "
    "remove rename rewind snprintf sprintf sscanf ungetc vfprintf vprintf vsnprintf vsprintf",
    "stdlib.h": "NULL size_t wchar_t div_t ldiv_t EXIT_SUCCESS EXIT_FAILURE RAND_MAX MB_CUR_MAX "
    "abort abs atexit atof atoi atol calloc exit free getenv malloc qsort rand realloc srand "
    "strtod strtol strtoll strtoul strtoull system",
    "string.h": "NULL size_t memchr memcmp memcpy memmove memset strcat strchr strcmp strcpy "
    "strcspn strdup strerror strlen strncat strncmp strncpy strndup strpbrk strrchr strspn strstr "
    "strtok strtok_r",
    "strings.h": "strcasecmp strncasecmp ffs",
    # With what Linux's asm-generic/ioctl.h and ioctls.h and the C library's bits/ioctls.h have.
    "sys/ioctl.h": "ioctl struct_winsize _IO _IOR _IOW _IOWR _IOC _IOC_NONE _IOC_READ _IOC_WRITE"
    " _IOC_DIR _IOC_TYPE _IOC_NR _IOC_SIZE _IOR_BAD _IOW_BAD _IOWR_BAD TIOCGWINSZ TIOCSWINSZ"
    " TIOCGPGRP TIOCSPGRP TIOCSCTTY TIOCNOTTY TIOCOUTQ TIOCINQ TIOCMGET TIOCMSET TIOCMBIS TIOCMBIC"
    " TIOCSTI TIOCEXCL TIOCNXCL TCGETS TCSETS TCSETSW TCSETSF TCSBRK TCXONC TCFLSH FIONREAD FIONBIO"
    " FIOASYNC FIOCLEX FIONCLEX SIOCADDRT SIOCDELRT SIOCGIFNAME SIOCGIFCONF SIOCGIFFLAGS"
    " SIOCSIFFLAGS SIOCGIFADDR SIOCSIFADDR SIOCGIFNETMASK SIOCSIFNETMASK SIOCGIFMTU SIOCSIFMTU"
    " SIOCGIFHWADDR SIOCSIFHWADDR SIOCGIFINDEX SIOCGIFBRDADDR SIOCETHTOOL",
    "sys/mman.h": "PROT_READ PROT_WRITE MAP_SHARED MAP_PRIVATE MAP_FAILED mmap munmap",
    "sys/resource.h": "struct_rlimit struct_rusage rlim_t",
    "sys/select.h": "fd_set struct_timeval select FD_SETSIZE",
    "sys/socket.h": "struct_sockaddr struct_sockaddr_storage struct_msghdr socklen_t sa_family_t "
    "AF_INET AF_INET6 AF_UNIX SOCK_STREAM SOCK_DGRAM accept bind connect listen recv send socket",
    "sys/stat.h": "struct_stat mode_t dev_t ino_t nlink_t uid_t gid_t off_t S_IFMT S_IFREG S_IFDIR "
    "S_IFLNK S_IRUSR S_IWUSR S_IXUSR S_IRWXU S_IRGRP S_IWGRP S_IXGRP S_IROTH S_IWOTH S_IXOTH "
    "S_ISREG S_ISDIR S_ISLNK fstat lstat stat",
    "sys/statvfs.h": "struct_statvfs",
    "sys/time.h": "struct_timeval struct_itimerval gettimeofday time_t",
    "sys/types.h": "size_t ssize_t off_t pid_t uid_t gid_t mode_t dev_t ino_t nlink_t id_t time_t "
    "blkcnt_t blksize_t clock_t key_t useconds_t suseconds_t u_char u_int u_long u_short uint "
    "ulong ushort pthread_t",
    "sys/uio.h": "struct_iovec readv writev",
    "sys/un.h": "struct_sockaddr_un",
    "sys/wait.h": "WEXITSTATUS WIFEXITED WNOHANG wait waitpid",
    "syslog.h": "LOG_ERR LOG_INFO LOG_DEBUG LOG_WARNING syslog",
    "termios.h": "struct_termios tcflag_t speed_t cc_t",
    "threads.h": "thread_local thrd_t mtx_t cnd_t tss_t once_flag",
    "time.h": "NULL size_t time_t clock_t struct_tm struct_timespec clockid_t timer_t "
    "CLOCKS_PER_SEC CLOCK_REALTIME CLOCK_MONOTONIC clock time",
    "unistd.h": "NULL size_t ssize_t off_t pid_t uid_t gid_t STDIN_FILENO STDOUT_FILENO "
    "STDERR_FILENO R_OK W_OK X_OK F_OK _SC_PAGESIZE close dup fork lseek pipe read unlink write",
    "utime.h": "struct_utimbuf",
    "wchar.h": "NULL size_t wchar_t wint_t mbstate_t WEOF",
    "wctype.h": "wint_t wctype_t",
}

# What these have is listed in C11 clause 7, but for macros of the system.
_CLOSED = frozenset(
    f"<{name}.h>"
    for name in (
        "assert errno float inttypes iso646 limits stdalign stdarg stdbool stddef stdint".split()
    )
)
# Names that so many headers bring along that any include will do.
EVERYWHERE = frozenset("NULL size_t ptrdiff_t offsetof bool true false".split()) | frozenset(
    f"{kind}{width}_t" for kind in ("int", "uint") for width in (8, 16, 32, 64, "ptr", "max")
)


@cache
def headers_by_name() -> dict[str, frozenset[str]]:
    """Return for each name the headers that have it, as `<stdio.h>`; tags with their keyword."""
    found: dict[str, set[str]] = {}
    for header, names in _HEADERS.items():
        for name in names.split():
            found.setdefault(name.replace("struct_", "struct ", 1), set()).add(f"<{header}>")
    for kind in ("int", "uint"):
        for width in ("8", "16", "32", "64", "ptr", "max", "_fast32", "_least32"):
            found[f"{kind}{width}_t"] = {"<stdint.h>", "<inttypes.h>"}
    return {name: frozenset(headers) for name, headers in found.items()}


def may_have(path: str, name: str) -> bool:
    """Tell whether a header of the system may have a name that it is not known to have.

    >>> [may_have("<errno.h>", name) for name in ("GList", "EFAR")], may_have("<unistd.h>", "far_t")
    ([False, True], True)
    """
    return path not in _CLOSED or name.isupper()


def names_of_header(path: str) -> frozenset[str]:
    """Return the names that a header of the system, as `<stddef.h>`, is known to have."""
    return _by_header().get(path, frozenset())


@cache
def _by_header() -> dict[str, frozenset[str]]:
    every = {header for headers in headers_by_name().values() for header in headers}
    # A tag that is defined can be pointed to: `struct tm *`.
    known = {
        name: (name, f"{name} *") if name.startswith("struct ") else (name,)
        for name in headers_by_name()
    }
    return {
        path: frozenset(
            one
            for name, headers in headers_by_name().items()
            if path in headers
            for one in known[name]
        )
        for path in every
    }
