// SPDX-License-Identifier: MIT
#include "engineio/client/websocketmemory_p.h"

#include "base/addresstext_p.h"

#include <QtCore/qmutex.h>
#include <QtCore/qset.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

#include <atomic>

namespace EngineIo::detail::WebSocketMemory {

namespace {

// A program that talks to more servers than this does not need what it remembers.
constexpr qsizetype MostServers = 256;

std::atomic<bool> worked{false};
QBasicMutex mutex;

// Never destroyed: a client may outlive the static objects.
QSet<QString> &swallowed()
{
    static auto *const servers = new QSet<QString>;
    return *servers;
}

QString keyOf(const QUrl &server)
{
    return addressText(server.host(), server.port());
}

} // namespace

bool hasWorked()
{
    return worked;
}

void noteWorked(const QUrl &server)
{
    worked = true;
    const QMutexLocker locker(&mutex);
    swallowed().remove(keyOf(server));
}

void noteFailed()
{
    worked = false;
}

bool isSwallowed(const QUrl &server)
{
    const QMutexLocker locker(&mutex);
    return swallowed().contains(keyOf(server));
}

void noteSwallowed(const QUrl &server)
{
    const QMutexLocker locker(&mutex);
    if (swallowed().size() >= MostServers)
        swallowed().clear();
    swallowed().insert(keyOf(server));
}

} // namespace EngineIo::detail::WebSocketMemory
