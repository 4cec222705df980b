// SPDX-License-Identifier: MIT
#include "cat.h"

#include "jsonvalues.h"
#include "socketio/events/errortext_p.h"

#include <SocketIo/Manager>

#include <QtCore/qcoreapplication.h>

#include <cstdio>

using namespace SocketIo;
using namespace Qt::StringLiterals;

namespace {

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
    connect(&m_timer, &QTimer::timeout, this, &Cat::timedOut);
}

void Cat::start()
{
    m_deliveryDue = !m_options.emitted.isNull();
    m_answerDue = m_options.ack;
    if (m_options.timeout)
        m_timer.start(*m_options.timeout);
    m_socket = Manager::connectTo(m_options.url, m_options.client);
    connect(m_socket, &ClientSocket::connected, this, &Cat::connected);
    connect(m_socket, &ClientSocket::connectError, this, [this](const Error &error) {
        QString message = error.message();
        if (error.type() == Error::Type::Refused && error.data().isValid())
            message += u' ' + QString::fromUtf8(writeJsonArray({error.data()}));
        fail(CatStatus::ConnectionFailed, detail::withHint(message, error));
    });
    connect(m_socket, &ClientSocket::disconnected, this,
            [this](ClientSocket::DisconnectReason reason, const QString &description) {
                const QString text = ClientSocket::disconnectReasonText(reason);
                disconnected(description.isEmpty() ? text : text + u": "_s + description);
            });
    m_socket->onAny(this, [this](const QString &event, const QVariantList &args) {
        eventReceived(event, args);
    });
}

void Cat::connected()
{
    m_isConnected = true;
    if (m_options.emitted.isNull())
        proceed();
    else
        emitEvent();
}

void Cat::emitEvent()
{
    connect(m_socket, &ClientSocket::flushed, this, [this] {
        m_deliveryDue = false;
        proceed();
    });
    if (!m_options.ack) {
        if (!m_socket->emitEventList(m_options.emitted, m_options.args))
            fail(CatStatus::WrongUsage, u"--emit: this event cannot be sent"_s);
        return;
    }
    PendingAck *ack = m_socket->emitWithAckList(m_options.emitted, m_options.args);
    ack->then(this, [this](const QVariantList &args) { acknowledged(args); });
    ack->onFailed(this, [this](const Error &error) {
        fail(error.type() == Error::Type::Argument ? CatStatus::WrongUsage
                                                   : CatStatus::ConnectionFailed,
             detail::withHint(error));
    });
}

void Cat::acknowledged(const QVariantList &args)
{
    m_deliveryDue = false;
    m_answerDue = false;
    print(writeJsonArray(args));
    proceed();
}

void Cat::eventReceived(const QString &event, const QVariantList &args)
{
    if (!m_options.listen.isEmpty() && !m_options.listen.contains(event))
        return;
    // When only a delivery or an answer is waited for, events are of no interest.
    if (!m_options.emitted.isNull() && m_options.listen.isEmpty() && !m_options.count)
        return;
    if (m_options.count && m_printed >= *m_options.count)
        return; // these have come while the event is delivered
    print(event.toUtf8() + ' ' + writeJsonArray(args));
    ++m_printed;
    proceed();
}

// Ends, or goes on to what is not done yet.
void Cat::proceed()
{
    if (!m_socket || m_deliveryDue || m_answerDue)
        return;
    if (m_options.count) {
        if (m_printed < *m_options.count)
            return;
    } else if (m_options.emitted.isNull() || !m_options.listen.isEmpty()) {
        m_timer.stop(); // it listens until it is stopped
        return;
    }
    if (m_options.emitted.isNull() || m_options.ack)
        end(CatStatus::Success);
    else
        deliver();
}

// What the system has taken may still be refused, as too large for one: how the connection ends
// tells.
void Cat::deliver()
{
    m_deliveryDue = true;
    Manager *manager = m_socket->manager();
    m_socket->disconnect(this);
    connect(manager, &Manager::closed, this,
            [this](EngineIo::CloseReason reason, const Error &error) {
                if (reason == EngineIo::CloseReason::ForcedClose && !error)
                    end(CatStatus::Success);
                else
                    disconnected(error ? error.message() : EngineIo::closeReasonText(reason));
            });
    manager->close();
}

void Cat::disconnected(const QString &why)
{
    if (!m_socket)
        return;
    const QString what =
        m_deliveryDue ? u"\"%1\" may be lost: "_s.arg(m_options.emitted) : QString();
    fail(CatStatus::ConnectionFailed, detail::withHint(what + why, m_socket->lastError()));
}

// Which of the steps is not done.
void Cat::timedOut()
{
    const QString server = m_options.url.toDisplayString(
        QUrl::RemoveUserInfo | QUrl::RemovePath | QUrl::RemoveQuery | QUrl::RemoveFragment);
    QString what;
    if (m_isConnected && m_deliveryDue)
        what = u"%1 has not taken \"%2\", which may be lost,"_s.arg(server, m_options.emitted);
    else if (m_isConnected && m_answerDue)
        what = u"%1 has not acknowledged \"%2\""_s.arg(server, m_options.emitted);
    else if (m_isConnected)
        what = u"received only %1 of %2 events from %3"_s.arg(
            QString::number(m_printed), QString::number(*m_options.count), server);
    else if (m_socket->manager()->state() == Manager::State::Open)
        what = u"%1 has not admitted the client to the namespace %2"_s.arg(server, m_socket->nsp());
    else
        what = u"no connection to "_s + server;
    fail(CatStatus::TimedOut,
         what
             + u" within %1 ms. See what the server does, or raise --timeout."_s.arg(
                 m_options.timeout->count()));
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
    QCoreApplication::exit(int(status));
}
