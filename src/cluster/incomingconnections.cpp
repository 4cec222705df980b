// SPDX-License-Identifier: MIT
#include "cluster/incomingconnections_p.h"

#include "cluster/refusal_p.h"
#include "net/http/httpchars_p.h"
#include "net/http/querystring_p.h"
#include "socketio/cluster/clusterlogging_p.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include <sys/socket.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::areHttpChars;
using EngineIo::detail::HttpChar;
using EngineIo::detail::queryValue;

namespace {

// The same limit as for the whole head of a request.
constexpr qsizetype MaxFirstBytes = 64 * 1024;
constexpr qsizetype MaxMethod = 32;
// The first byte of a TLS handshake, which no request begins with.
constexpr char TlsHandshake = 0x16;

// Whether the bytes may be the beginning of a line "METHOD target HTTP/1.x".
bool mayBeRequest(QByteArrayView line)
{
    const qsizetype space = line.indexOf(' ');
    const QByteArrayView method = space < 0 ? line : line.first(space);
    return method.size() <= MaxMethod && space != 0 && areHttpChars(method, HttpChar::Token);
}

// Returns the target of a complete request line; nothing if the line is not one of HTTP/1.
std::optional<QByteArrayView> targetOf(QByteArrayView line)
{
    if (line.endsWith('\r'))
        line.chop(1);
    const qsizetype first = line.indexOf(' ');
    const qsizetype last = line.lastIndexOf(' ');
    if (!mayBeRequest(line) || first < 0 || last <= first + 1
        || !line.sliced(last + 1).startsWith("HTTP/1."))
        return std::nullopt;
    return line.sliced(first + 1, last - first - 1);
}

// As the workers read it: a worker that finds another one's id hands the connection back, and would
// get it again and again.
QString sessionIdOf(QByteArrayView target)
{
    const qsizetype query = target.indexOf('?');
    if (query < 0)
        return {};
    return queryValue(target.sliced(query + 1), u"sid").value_or(QString());
}

} // namespace

IncomingConnections::IncomingConnections(std::chrono::milliseconds timeout, int maxCount,
                                         EngineIo::detail::TimerQueue &timers, Observer observer)
    : m_timeout(timeout)
    , m_maxCount(maxCount)
    , m_observer(std::move(observer))
    , m_timers(timers)
{
}

IncomingConnections::~IncomingConnections() = default;

void IncomingConnections::add(Descriptor descriptor, const QByteArray &bytes)
{
    if (m_maxCount > 0 && count() >= m_maxCount) {
        EngineIo::detail::warnIfDue(lcCluster(), m_fullWarnings.take(),
                                    u"A connection is refused: more than "
                                    u"ClusterPrimaryOptions::maxIncomingConnections (%1) "
                                    "have not sent their first line."_s.arg(m_maxCount));
        refuseConnection(take(m_connections.begin()).descriptor, 503);
    }
    const Place place = m_connections.emplace(m_connections.end());
    place->owner = this;
    place->place = place;
    place->descriptor = std::move(descriptor);
    place->notifier =
        std::make_unique<QSocketNotifier>(place->descriptor.number(), QSocketNotifier::Read);
    connect(place->notifier.get(), &QSocketNotifier::activated, this,
            [this, place] { readable(place); });
    if (m_timeout > 0ms)
        place->timer.start<&Connection::expire>(m_timers, m_timeout, &*place);
    if (!bytes.isEmpty()) {
        place->bytes = bytes;
        examine(place);
    }
}

// The notifier may be calling at this moment.
RoutedConnection IncomingConnections::take(Place place)
{
    RoutedConnection taken;
    taken.descriptor = std::move(place->descriptor);
    taken.bytes = std::move(place->bytes);
    place->notifier->setEnabled(false);
    place->notifier.release()->deleteLater();
    m_connections.erase(place);
    return taken;
}

void IncomingConnections::readable(Place place)
{
    char first = 0;
    if (place->bytes.isEmpty()
        && ::recv(place->descriptor.number(), &first, 1, MSG_PEEK | MSG_DONTWAIT) == 1
        && first == TlsHandshake) {
        RoutedConnection routed = take(place);
        routed.isEncrypted = true;
        m_observer(std::move(routed));
        return;
    }
    std::array<char, 16 * 1024> buffer;
    const ssize_t size =
        ::recv(place->descriptor.number(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR))
        return;
    if (size <= 0) {
        take(place);
        return;
    }
    place->bytes.append(buffer.data(), size);
    examine(place);
}

void IncomingConnections::examine(Place place)
{
    // Empty lines may come before a request.
    qsizetype begin = 0;
    while (begin < place->bytes.size()
           && (place->bytes[begin] == '\r' || place->bytes[begin] == '\n'))
        ++begin;
    const QByteArrayView bytes = QByteArrayView(place->bytes).sliced(begin);
    const qsizetype end = bytes.indexOf('\n');
    if (end < 0) {
        if (!mayBeRequest(bytes))
            refuseConnection(take(place).descriptor, 400);
        else if (place->bytes.size() > MaxFirstBytes)
            refuseConnection(take(place).descriptor, 431);
        return;
    }
    const std::optional<QByteArrayView> target = targetOf(bytes.first(end));
    if (!target) {
        refuseConnection(take(place).descriptor, 400);
        return;
    }
    const QString sessionId = sessionIdOf(*target);
    RoutedConnection routed = take(place);
    routed.sessionId = sessionId;
    m_observer(std::move(routed));
}

void IncomingConnections::expire(Place place)
{
    RoutedConnection late = take(place);
    // As in a worker, a connection that has sent nothing gets no answer.
    if (!late.bytes.isEmpty())
        refuseConnection(std::move(late.descriptor), 408);
}

} // namespace SocketIo::detail
