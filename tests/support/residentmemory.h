// SPDX-License-Identifier: MIT
#ifndef RESIDENTMEMORY_H
#define RESIDENTMEMORY_H

#include <QtCore/qfile.h>
#include <QtCore/qlist.h>

#if defined(Q_OS_LINUX)
#include <unistd.h>
#endif

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define RESIDENTMEMORY_SANITIZES
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define RESIDENTMEMORY_SANITIZES
#endif

// The resident memory of this process, in bytes; -1 where it says nothing: under sanitizers, which
// keep what was freed, and where there is no /proc.
inline qint64 residentBytes()
{
#if defined(Q_OS_LINUX) && !defined(RESIDENTMEMORY_SANITIZES)
    QFile file(QStringLiteral("/proc/self/statm"));
    if (!file.open(QIODevice::ReadOnly))
        return -1;
    return file.readAll().split(' ').value(1).toLongLong() * ::sysconf(_SC_PAGESIZE);
#else
    return -1;
#endif
}

#endif
