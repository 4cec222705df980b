// SPDX-License-Identifier: MIT
#include "cat.h"

#include "socketio/events/errortext_p.h"

#include <SocketIo/Manager>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

QVariant fromJson(const QJsonValue &value)
{
    if (value.isArray()) {
        QVariantList list;
        const QJsonArray array = value.toArray();
        for (const QJsonValue &item : array)
            list.append(fromJson(item));
        return list;
    }
    if (value.isObject()) {
        const QJsonObject object = value.toObject();
        if (object.size() == 1 && object.value("base64"_L1).isString())
            return QByteArray::fromBase64(object.value("base64"_L1).toString().toLatin1());
        QVariantMap map;
        for (auto it = object.begin(); it != object.end(); ++it)
            map.insert(it.key(), fromJson(it.value()));
        return map;
    }
    return value.toVariant();
}

QJsonValue toJson(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QByteArray:
        return QJsonObject{{u"base64"_s, QString::fromLatin1(value.toByteArray().toBase64())}};
    case QMetaType::QVariantList: {
        QJsonArray array;
        const QVariantList list = value.toList();
        for (const QVariant &item : list)
            array.append(toJson(item));
        return array;
    }
    case QMetaType::QVariantMap: {
        QJsonObject object;
        const QVariantMap map = value.toMap();
        for (auto it = map.cbegin(); it != map.cend(); ++it)
            object.insert(it.key(), toJson(it.value()));
        return object;
    }
    default:
        return QJsonValue::fromVariant(value);
    }
}

namespace {

QByteArray toLine(const QVariantList &args)
{
    return QJsonDocument(toJson(args).toArray()).toJson(QJsonDocument::Compact);
}

void print(const QByteArray &line)
{
    fprintf(stdout, "%s\n", line.constData());
    fflush(stdout);
}

} // namespace

Cat::Cat(const CatOptions &options)
    : m_options(options)
{
    m_timer.setSingleShot(true);
    connect(&m_timer, &QTimer::timeout, this,
            [this] { fail(CatStatus::TimedOut, u"the events did not come in time"_s); });
}

void Cat::start()
{
    m_socket = Manager::connectTo(m_options.url, m_options.client);
    connect(m_socket, &ClientSocket::connected, this, &Cat::connected);
    connect(m_socket, &ClientSocket::connectError, this, [this](const Error &error) {
        QString message = error.message();
        if (error.type() == Error::Type::Refused && error.data().isValid())
            message += u' ' + QString::fromUtf8(toLine({error.data()}));
        fail(CatStatus::ConnectionFailed, detail::withHint(message, error));
    });
    connect(m_socket, &ClientSocket::disconnected, this,
            [this](ClientSocket::DisconnectReason reason, const QString &description) {
                QString message = ClientSocket::disconnectReasonText(reason);
                if (!description.isEmpty())
                    message += u": "_s + description;
                fail(CatStatus::ConnectionFailed, detail::withHint(message, m_socket->lastError()));
            });
    m_socket->onAny(this, [this](const QString &event, const QVariantList &args) {
        eventReceived(event, args);
    });
}

void Cat::connected()
{
    if (m_options.count == 0) {
        end(CatStatus::Success);
        return;
    }
    if (m_options.count && m_options.timeout)
        m_timer.start(*m_options.timeout);
    if (!m_options.emitted.isNull())
        emitEvent();
}

void Cat::emitEvent()
{
    if (!m_options.ack) {
        if (m_socket->emitEventList(m_options.emitted, m_options.args))
            endUnlessListening();
        else
            fail(CatStatus::WrongUsage, u"--emit: the name is reserved"_s);
        return;
    }
    m_answerDue = true;
    PendingAck *ack = m_options.timeout
        ? m_socket->timeout(*m_options.timeout).emitWithAckList(m_options.emitted, m_options.args)
        : m_socket->emitWithAckList(m_options.emitted, m_options.args);
    ack->then(this, [this](const QVariantList &args) { acknowledged(args); });
    ack->onFailed(this, [this](const Error &error) {
        CatStatus status = CatStatus::ConnectionFailed;
        if (error.type() == Error::Type::Timeout)
            status = CatStatus::TimedOut;
        else if (error.type() == Error::Type::Argument)
            status = CatStatus::WrongUsage;
        fail(status, detail::withHint(error));
    });
}

void Cat::acknowledged(const QVariantList &args)
{
    m_answerDue = false;
    print(toLine(args));
    endUnlessListening();
}

void Cat::eventReceived(const QString &event, const QVariantList &args)
{
    if (!m_options.listen.isEmpty() && !m_options.listen.contains(event))
        return;
    // When only a delivery or an answer is waited for, events are of no interest.
    if (!m_options.emitted.isNull() && m_options.listen.isEmpty() && !m_options.count)
        return;
    print(event.toUtf8() + ' ' + toLine(args));
    ++m_printed;
    endUnlessListening();
}

void Cat::endUnlessListening()
{
    if (m_answerDue)
        return;
    if (m_options.count ? m_printed >= *m_options.count
                        : !m_options.emitted.isNull() && m_options.listen.isEmpty()) {
        end(CatStatus::Success);
    }
}

void Cat::fail(CatStatus status, const QString &message)
{
    if (!m_socket)
        return;
    fprintf(stderr, "%s\n", qPrintable(message));
    end(status);
}

void Cat::end(CatStatus status)
{
    if (!m_socket)
        return;
    m_timer.stop();
    delete m_socket;
    // What was emitted is still delivered.
    QCoreApplication::exit(int(status));
}
