// SPDX-License-Identifier: MIT
#include "redis/redispeer_p.h"

#include "base/callout_p.h"
#include "base/timelimits_p.h"

#include <QtCore/qurlquery.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using EngineIo::detail::CallOut;
using EngineIo::detail::timerTime;

namespace {

// The number behind the slash, or in the query of a local socket; empty for the default, 0.
QByteArray database(const QUrl &url)
{
    const QString text =
        RedisSocket::isLocal(url) ? QUrlQuery(url).queryItemValue(u"db"_s) : url.path().mid(1);
    return text == "0"_L1 ? QByteArray() : text.toUtf8();
}

// What a server that expects TLS begins with when it gets something else.
constexpr char TlsAlert = 0x15;

} // namespace

RedisPeer::RedisPeer(const QUrl &url, const RedisOptions &options,
                     const RedisSubscriptions &subscriptions)
    : m_url(url)
    , m_options(options)
    , m_subscriptions(subscriptions)
    , m_reader(options.maxReplySize)
{
    connect(&m_socket, &RedisSocket::connected, this, [this] { greetAll(); });
    connect(&m_socket, &RedisSocket::readyRead, this, [this] { read(); });
    connect(&m_socket, &RedisSocket::failed, this,
            [this](const QString &reason) { Q_EMIT failed(explained(reason)); });
    connect(&m_watch, &QTimer::timeout, this, [this] { checkAlive(); });
}

void RedisPeer::greetAll()
{
    const QByteArray user = m_url.userName(QUrl::FullyDecoded).toUtf8();
    const QByteArray password = m_url.password(QUrl::FullyDecoded).toUtf8();
    if (!password.isEmpty() && !user.isEmpty())
        greet({"AUTH", user, password});
    else if (!password.isEmpty())
        greet({"AUTH", password});
    if (const QByteArray number = database(m_url); !number.isEmpty())
        greet({"SELECT", number});
    // A sentinel may not know yet that the server has become a replica, which accepts no commands.
    if (!m_options.sentinels.isEmpty())
        greet({"ROLE"});
    greet({"PING"}); // the connection is not ready before the server has answered
}

void RedisPeer::greet(const QList<QByteArray> &words)
{
    ++m_greetings;
    m_pending.push_back({{}, true});
    write(words);
}

void RedisPeer::greeted(const RedisReply &reply)
{
    const bool isRole = !reply.elements.isEmpty();
    if (reply.isError()) {
        Q_EMIT failed(QString::fromUtf8(reply.text));
    } else if (isRole && reply.elements[0].text != "master") {
        Q_EMIT failed(u"it is not the master, as the sentinel says"_s);
    } else if (--m_greetings == 0) {
        m_silence.start();
        if (m_options.responseTimeout.count() > 0)
            m_watch.start(timerTime(std::max(m_options.responseTimeout / 4, 10ms)));
        Q_EMIT ready();
    }
}

void RedisPeer::send(const QList<QByteArray> &words, std::chrono::milliseconds blocksFor,
                     const Reply &reply)
{
    if (m_pending.empty())
        m_silence.start();
    m_pending.push_back({reply, false, blocksFor});
    write(words);
}

std::deque<RedisPeer::Reply> RedisPeer::takePending()
{
    std::deque<Reply> replies;
    for (Pending &pending : std::exchange(m_pending, {})) {
        if (pending.reply)
            replies.push_back(std::move(pending.reply));
    }
    return replies;
}

QString RedisPeer::explained(const QString &reason) const
{
    const QString doubt = m_isHeard ? QString() : m_socket.doubt();
    return doubt.isEmpty() ? reason : reason + u" ("_s + doubt + u')';
}

void RedisPeer::read()
{
    m_silence.start();
    const QByteArray bytes = m_socket.readAll();
    if (!std::exchange(m_isHeard, true) && bytes.startsWith(TlsAlert)) {
        Q_EMIT failed(u"it speaks TLS at this port: use a URL that begins with rediss:"_s);
        return;
    }
    m_reader.feed(bytes);
    CallOut out(this);
    while (out) {
        const std::optional<RedisReply> reply = m_reader.next();
        if (!reply)
            break;
        out.call([&] { handle(*reply); });
    }
    if (out && !m_reader.errorString().isEmpty())
        Q_EMIT failed(QString::fromUtf8(m_reader.errorString()));
}

void RedisPeer::handle(const RedisReply &reply)
{
    if (m_pending.empty()) {
        Q_EMIT pushed(reply);
        return;
    }
    const Pending pending = std::move(m_pending.front());
    m_pending.pop_front();
    if (pending.isGreeting)
        greeted(reply);
    else if (pending.reply)
        pending.reply(reply);
    else if (reply.isError())
        Q_EMIT refused(reply.text);
}

// A server that hangs, or a network that drops everything, can only be noticed by its silence.
void RedisPeer::checkAlive()
{
    const std::chrono::milliseconds silence(m_silence.elapsed());
    const auto blocksFor = m_pending.empty() ? 0ms : m_pending.front().blocksFor;
    const std::chrono::milliseconds longest = timerTime(m_options.responseTimeout);
    if (silence > longest + timerTime(blocksFor)) {
        Q_EMIT failed(u"no answer within RedisOptions::responseTimeout"_s);
    } else if (silence > longest / 2) {
        // A subscriber is answered with a message, which belongs to no command.
        if (!m_subscriptions.isEmpty()) {
            write({"PING"});
        } else if (m_pending.empty()) {
            m_pending.push_back({[](const RedisReply &) {}});
            write({"PING"});
        }
    }
}

} // namespace SocketIo::detail
