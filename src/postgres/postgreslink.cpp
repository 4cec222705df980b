// SPDX-License-Identifier: MIT
#include "postgres/postgreslink_p.h"

#include "base/callapplication_p.h"
#include "base/timelimits_p.h"
#include "base/utf8text_p.h"
#include "postgres/postgreslogging_p.h"

#include <SocketIo/MsgPack>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using Result = PostgresConnection::Result;

namespace {

// PostgreSQL's own limits.
constexpr qsizetype MaxPayload = 7999;
constexpr qsizetype MaxChannel = 63;
// How many messages are delivered in one turn of the event loop.
constexpr int MaxDeliveries = 64;
// How many namespaces get a warning of their own.
constexpr qsizetype MaxWarnings = 100;

// Accepts a number or a string of digits, as the npm package pg sends it.
std::optional<qint64> toId(const QVariant &value)
{
    bool isNumber = false;
    const qint64 id = value.toLongLong(&isNumber);
    const int type = value.typeId();
    if (!isNumber || id < 0 || type == QMetaType::Bool || type == QMetaType::QByteArray)
        return std::nullopt;
    return id;
}

} // namespace

std::shared_ptr<PostgresLink> PostgresLink::make(const PostgresOptions &options)
{
    return std::shared_ptr<PostgresLink>(new PostgresLink(options));
}

PostgresLink::PostgresLink(const PostgresOptions &options)
    : m_options(options)
    , m_connection(options)
{
    connect(&m_connection, &PostgresConnection::notified, this, &PostgresLink::received);
    connect(&m_connection, &PostgresConnection::stateChanged, this, [this](BrokerState state) {
        if (state == BrokerState::Ready)
            checkTable(MissingTable::Create);
    });
    connect(&m_cleanup, &QTimer::timeout, this, [this] {
        if (m_connection.state() == BrokerState::Ready) {
            const QByteArray age = QByteArray::number(qint64(m_cleanup.interval()));
            m_connection.execute("DELETE FROM " + m_options.tableName.toUtf8()
                                     + " WHERE created_at < now() - $1 * interval '1 millisecond'",
                                 {{age}});
        }
    });
    m_connection.open();
}

QByteArray PostgresLink::channelOf(const QString &nsp) const
{
    return (m_options.channelPrefix + u'#' + nsp).toUtf8();
}

bool PostgresLink::hasChannel(const QString &nsp)
{
    const qsizetype size = channelOf(nsp).size();
    if (size <= MaxChannel)
        return true;
    if (m_warnedOf.size() < MaxWarnings && !m_warnedOf.contains(nsp)) {
        m_warnedOf.insert(nsp);
        qCWarning(lcPostgres).noquote()
            << "The namespace" << nsp << "stays on its own server: its channel would have" << size
            << "bytes, and PostgreSQL allows" << MaxChannel
            << "(a shorter PostgresOptions::channelPrefix may help)";
    }
    return false;
}

// Where users may not create tables, CREATE TABLE IF NOT EXISTS fails even if the table exists.
void PostgresLink::checkTable(MissingTable action)
{
    const QByteArray name = m_options.tableName.toUtf8();
    m_connection.execute(
        "SELECT to_regclass($1::text)", {{name}}, [this, name, action](const Result &found) {
            if (!found.error.isEmpty() || found.value)
                return;
            if (action == MissingTable::Create) {
                // Other servers may be creating it at the same moment; only one of them succeeds.
                m_connection.execute("CREATE TABLE IF NOT EXISTS " + name
                                         + " (id bigserial UNIQUE, created_at timestamptz "
                                           "DEFAULT now(), payload bytea)",
                                     {}, [this](const Result &created) {
                                         if (!created.error.isEmpty())
                                             checkTable(MissingTable::Report);
                                     });
                return;
            }
            const QString text =
                u"the table %1 does not exist and cannot be created: big messages, and those with "
                "binary data, do not reach other servers (PostgresOptions::tableName)"_s.arg(
                    m_options.tableName);
            qCWarning(lcPostgres).noquote() << text;
            EngineIo::detail::callApplication(
                [&] { Q_EMIT m_connection.errorOccurred(Error(Error::Type::Transport, text)); });
        });
}

bool PostgresLink::publish(const ClusterMessage &message)
{
    if (!hasChannel(message.nsp))
        return false;
    const QByteArray channel = channelOf(message.nsp);
    if (!message.hasBinary()) {
        const QByteArray json = message.toJson();
        if (json.isEmpty()) {
            warnOfDepth(channel);
            return false;
        }
        if (json.size() <= std::min<qsizetype>(m_options.payloadThreshold, MaxPayload))
            return m_connection.execute("SELECT pg_notify($1, $2)", {{channel}, {json}});
    }
    const std::optional<QByteArray> bytes = MsgPack::encode(message.toVariantMap());
    if (!bytes) {
        warnOfDepth(channel);
        return false;
    }
    // The beginning of the message; the statement appends the id and the end.
    QByteArray head = ClusterMessage::mapToJson(
        {{u"uid"_s, message.uid}, {u"nsp"_s, message.nsp}, {u"type"_s, int(message.type)}});
    head.chop(1);
    head += ",\"attachmentId\":\"";
    return m_connection.execute("WITH attachment AS (INSERT INTO " + m_options.tableName.toUtf8()
                                    + " (payload) VALUES ($1) RETURNING id) SELECT pg_notify($2, "
                                      "$3 || id || '\"}') FROM attachment",
                                {{*bytes, true}, {channel}, {head}});
}

void PostgresLink::addObserver(const QString &nsp, QObject *context, const Observer &observer)
{
    if (!hasChannel(nsp))
        return;
    const QByteArray channel = channelOf(nsp);
    QList<Subscriber> &subscribers = m_subscribers[channel];
    subscribers.append({context, observer});
    if (subscribers.size() == 1)
        m_connection.listen(channel);
}

void PostgresLink::removeObserver(const QString &nsp, QObject *context)
{
    const auto found = m_subscribers.find(channelOf(nsp));
    if (found == m_subscribers.end())
        return;
    found->removeIf([context](const Subscriber &subscriber) {
        return !subscriber.context || subscriber.context == context;
    });
    if (found->isEmpty()) {
        m_subscribers.erase(found);
        m_connection.unlisten(channelOf(nsp));
    }
}

void PostgresLink::startCleanup(std::chrono::milliseconds interval)
{
    if (interval.count() > 0)
        m_cleanup.start(EngineIo::detail::timerTime(interval));
}

void PostgresLink::warnOfDepth(const QByteArray &channel) const
{
    EngineIo::detail::warnIfDue(
        lcPostgres(), m_ignoredWarnings.take(),
        u"A message for the channel %1 does not reach other servers: it is nested too deeply"_s.arg(
            QString::fromUtf8(channel)));
}

void PostgresLink::drop(const QByteArray &channel, const QString &why) const
{
    EngineIo::detail::warnIfDue(
        lcPostgres(), m_ignoredWarnings.take(),
        u"A message on the channel %1 is ignored: %2"_s.arg(QString::fromUtf8(channel), why));
}

void PostgresLink::received(const QByteArray &channel, const QByteArray &payload, bool isOwn)
{
    const auto subscribers = m_subscribers.constFind(channel);
    if (subscribers == m_subscribers.cend() || (isOwn && subscribers->size() == 1))
        return;
    if (!m_incoming.empty() && m_incomingBytes + payload.size() > m_options.maxQueuedBytes) {
        if (!std::exchange(m_warned, true))
            drop(channel, u"more than PostgresOptions::maxQueuedBytes wait to be delivered"_s);
        return;
    }
    auto message = std::make_shared<Incoming>();
    message->channel = channel;
    message->size = payload.size();
    message->map = ClusterMessage::mapFromJson(payload);
    if (!message->map) {
        drop(channel, u"malformed JSON"_s);
        return;
    }
    const QVariant attachment = message->map->value(u"attachmentId"_s);
    if (attachment.isValid()) {
        const std::optional<qint64> id = toId(attachment);
        if (!id) {
            drop(channel, u"its attachmentId is not a number"_s);
            return;
        }
        fetch(message, *id);
    }
    m_incomingBytes += message->size;
    m_incoming.push_back(std::move(message));
    deliverLater();
}

void PostgresLink::fetch(const std::shared_ptr<Incoming> &message, qint64 id)
{
    message->waits = true;
    message->map.reset();
    const auto got = [this, message](const Result &result) {
        const std::optional<QByteArray> bytes = result.value;
        QByteArray error = result.error.toUtf8();
        if (error.isEmpty() && !bytes) {
            error = result.hasRow
                ? "its attachment is bigger than PostgresOptions::maxAttachmentSize"
                : "its attachment is not in the table any more";
        }
        if (bytes) {
            const std::optional<QVariant> value = MsgPack::decode(*bytes, &error);
            if (value && value->typeId() == QMetaType::QVariantMap)
                message->map = value->toMap();
            else if (value)
                error = "its attachment is not a map";
            m_incomingBytes += bytes->size();
            message->size += bytes->size();
        }
        message->waits = false;
        if (!message->map)
            drop(message->channel, QString::fromUtf8(error));
        deliverLater();
    };
    const bool asked = m_connection.execute(
        "SELECT CASE WHEN octet_length(payload) <= $2 THEN payload END FROM "
            + m_options.tableName.toUtf8() + " WHERE id = $1",
        {{QByteArray::number(id)}, {QByteArray::number(m_options.maxAttachmentSize)}}, got);
    if (!asked)
        message->waits = false; // without a map there is nothing to deliver
}

void PostgresLink::deliverLater()
{
    if (!std::exchange(m_isDeliveryDue, true))
        QMetaObject::invokeMethod(
            this, [this] { deliver(); }, Qt::QueuedConnection);
}

// The application is called here. It may delete the server, and this object with it, or run an
// event loop, in which the next messages are delivered.
void PostgresLink::deliver()
{
    const std::shared_ptr<PostgresLink> self = shared_from_this();
    m_isDeliveryDue = false;
    for (int i = 0; i < MaxDeliveries && !m_incoming.empty() && !m_incoming.front()->waits; ++i) {
        const std::shared_ptr<Incoming> message = std::move(m_incoming.front());
        m_incoming.pop_front();
        m_incomingBytes -= message->size;
        if (message->map)
            deliverOne(*message);
    }
    if (m_incoming.empty())
        m_warned = false;
    else if (!m_incoming.front()->waits)
        deliverLater();
}

void PostgresLink::deliverOne(const Incoming &message)
{
    QVariantMap map = *message.map;
    // The emitter for Node.js leaves the namespace out.
    if (!map.contains(u"nsp"_s)) {
        map.insert(u"nsp"_s,
                   EngineIo::detail::utf8Text(message.channel.mid(channelOf(QString()).size())));
    }
    const std::optional<ClusterMessage> content = ClusterMessage::fromVariantMap(map);
    if (!content) {
        drop(message.channel, u"it is not one of a cluster"_s);
        return;
    }
    const QList<Subscriber> subscribers = m_subscribers.value(message.channel);
    for (const Subscriber &subscriber : subscribers) {
        if (subscriber.context)
            subscriber.observer(*content);
    }
}

} // namespace SocketIo::detail
