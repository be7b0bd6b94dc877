"""The numbers of the system calls that the filter names, for each kind of machine it knows.

The kernel counts its calls differently on every architecture; from 424 on the numbers agree. The
tests compare both columns with the kernel's own headers where these are installed, and try the
first one for real. The second has been compared and simulated, but never run.
"""

from dataclasses import dataclass

# The last call the table knows (mseal, Linux 6.10). Nobody has judged what comes after it.
NEWEST = 462

_TABLE = """
    # call                 x86_64  aarch64

    # Starting a process or a program.
    fork                       57        -
    vfork                      58        -
    clone                      56      220
    clone3                    435      435
    execve                     59      221
    execveat                  322      281

    # Reaching into another process, or naming one.
    ptrace                    101      117
    process_vm_readv          310      270
    process_vm_writev         311      271
    kcmp                      312      272
    get_robust_list           274      100
    pidfd_open                434      434
    pidfd_getfd               438      438
    pidfd_send_signal         424      424
    process_madvise           440      440
    process_mrelease          448      448
    kill                       62      129
    tkill                     200      130
    tgkill                    234      131
    rt_sigqueueinfo           129      138
    rt_tgsigqueueinfo         297      240
    prlimit64                 302      261
    setrlimit                 160      164
    timer_create              222      107
    setpriority               141      140
    ioprio_set                251       30
    sched_setaffinity         203      122
    sched_setparam            142      118
    sched_setscheduler        144      119
    sched_setattr             314      274
    migrate_pages             256      238
    move_pages                279      239

    # Talking to somebody.
    socket                     41      198
    socketpair                 53      199
    connect                    42      203
    bind                       49      200
    listen                     50      201
    accept                     43      202
    accept4                   288      242

    # One door to many things, told apart by an argument.
    fcntl                      72       25
    ioctl                      16       29
    prctl                     157      167
    personality               135       92

    # Another view of the machine.
    unshare                   272       97
    setns                     308      268
    mount                     165       40
    umount2                   166       39
    pivot_root                155       41
    chroot                    161       51
    open_tree                 428      428
    move_mount                429      429
    fsopen                    430      430
    fsconfig                  431      431
    fsmount                   432      432
    fspick                    433      433
    mount_setattr             442      442
    statmount                 457      457
    listmount                 458      458

    # What the kernel keeps after the process has gone, or outside its address space.
    add_key                   248      217
    request_key               249      218
    keyctl                    250      219
    shmget                     29      194
    shmat                      30      196
    shmctl                     31      195
    shmdt                      67      197
    semget                     64      190
    semop                      65      193
    semtimedop                220      192
    semctl                     66      191
    msgget                     68      186
    msgsnd                     69      189
    msgrcv                     70      188
    msgctl                     71      187
    mq_open                   240      180
    mq_unlink                 241      181
    mq_timedsend              242      182
    mq_timedreceive           243      183
    mq_notify                 244      184
    mq_getsetattr             245      185
    memfd_create              319      279
    memfd_secret              447      447

    # Watching files, and opening them by a handle instead of a path.
    inotify_init              253        -
    inotify_init1             294       26
    inotify_add_watch         254       27
    fanotify_init             300      262
    fanotify_mark             301      263
    name_to_handle_at         303      264
    open_by_handle_at         304      265

    # Large machinery in which kernels have had their holes.
    bpf                       321      280
    perf_event_open           298      241
    io_uring_setup            425      425
    io_uring_enter            426      426
    io_uring_register         427      427
    io_setup                  206        0
    userfaultfd               323      282
    modify_ldt                154        -
    uselib                    134        -
    seccomp                   317      277
    landlock_create_ruleset   444      444
    landlock_add_rule         445      445
    landlock_restrict_self    446      446
    lsm_set_self_attr         460      460

    # The machine itself.
    reboot                    169      142
    kexec_load                246      104
    kexec_file_load           320      294
    init_module               175      105
    finit_module              313      273
    delete_module             176      106
    swapon                    167      224
    swapoff                   168      225
    acct                      163       89
    quotactl                  179       60
    quotactl_fd               443      443
    settimeofday              164      170
    clock_settime             227      112
    clock_adjtime             305      266
    adjtimex                  159      171
    sethostname               170      161
    setdomainname             171      162
    syslog                    103      116
    vhangup                   153       58
    iopl                      172        -
    ioperm                    173        -
    lookup_dcookie            212       18
    sysfs                     139        -
    ustat                     136        -

    # Becoming somebody else.
    setuid                    105      146
    setgid                    106      144
    setreuid                  113      145
    setregid                  114      143
    setresuid                 117      147
    setresgid                 119      149
    setgroups                 116      159
    setfsuid                  122      151
    setfsgid                  123      152
    capset                    126       91

    # Files that are neither files nor folders.
    link                       86        -
    linkat                    265       37
    symlink                    88        -
    symlinkat                 266       36
    mknod                     133        -
    mknodat                   259       33

    # Modes, owners, times and attributes of files; flushing every disk.
    chmod                      90        -
    fchmod                     91       52
    fchmodat                  268       53
    fchmodat2                 452      452
    chown                      92        -
    fchown                     93       55
    lchown                     94        -
    fchownat                  260       54
    utime                     132        -
    utimes                    235        -
    futimesat                 261        -
    utimensat                 280       88
    sync                      162       81
    syncfs                    306      267
    getxattr                  191        8
    lgetxattr                 192        9
    fgetxattr                 193       10
    listxattr                 194       11
    llistxattr                195       12
    flistxattr                196       13
    setxattr                  188        5
    lsetxattr                 189        6
    fsetxattr                 190        7
    removexattr               197       14
    lremovexattr              198       15
    fremovexattr              199       16
"""


@dataclass(frozen=True)
class Architecture:
    """A kind of machine as the kernel's filter sees it."""

    # As in `uname -m`.
    name: str
    # AUDIT_ARCH_* of linux/audit.h.
    audit: int
    # The first number of a second, older table on the same machine, or None: x32 on x86_64.
    foreign_from: int | None
    # Call name → number; a call that this machine does not have is absent.
    numbers: dict[str, int]


def _column(index: int) -> dict[str, int]:
    rows = [line.split() for line in _TABLE.splitlines()]
    cells = {row[0]: row[index] for row in rows if row and row[0] != "#"}
    return {name: int(cell) for name, cell in cells.items() if cell != "-"}


ARCHITECTURES = {
    architecture.name: architecture
    for architecture in (
        Architecture("x86_64", 0xC000003E, 0x40000000, _column(1)),
        Architecture("aarch64", 0xC00000B7, None, _column(2)),
    )
}
