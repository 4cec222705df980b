// SPDX-License-Identifier: MIT
#ifndef TESTPEER_H
#define TESTPEER_H

#include "support/certificates.h"

#include <SocketIo/Server>

#include <QtCore/qtimer.h>
#include <QtCore/qurl.h>
#include <QtQml/qqmlengine.h>
#include <QtQml/qqmlerror.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <memory>
#include <utility>

// The C++ server that the QML clients of the tests talk to.
class TestPeer : public QObject
{
    Q_OBJECT
    Q_PROPERTY(QVariantList messages READ messages NOTIFY recorded)
    Q_PROPERTY(int engineWarnings READ engineWarnings NOTIFY recorded)
    Q_PROPERTY(QUrl url READ url CONSTANT)

public:
    TestPeer() { start(); }
    QUrl url() const { return QUrl(QStringLiteral("http://127.0.0.1:%1").arg(m_port)); }

    Q_INVOKABLE void start()
    {
        SocketIo::ServerOptions options;
        options.allowEIO3 = true;
        m_io = std::make_unique<SocketIo::Server>(options);
        serve(m_io->mainNamespace());
        serve(m_io->of(QStringLiteral("/other")));
        SocketIo::Namespace *admin = m_io->of(QStringLiteral("/admin"));
        admin->use([](SocketIo::Socket *socket, const SocketIo::Next &next) {
            if (socket->handshake().auth().value(QStringLiteral("token"))
                == QStringLiteral("secret"))
                next();
            else
                next(SocketIo::Error(QStringLiteral("not authorized"),
                                     {{QStringLiteral("content"), QStringLiteral("later")}}));
        });
        serve(admin);
        if (!m_io->listen(QHostAddress::LocalHost, m_port))
            qFatal("The server cannot listen");
        m_port = m_io->serverPort();
    }
    Q_INVOKABLE void stop() { m_io.reset(); }
    Q_INVOKABLE void emitEvent(const QString &event, const QVariantList &args)
    {
        m_io->emitEventList(event, args);
    }
    Q_INVOKABLE void emitBytes(const QString &event, const QString &hex)
    {
        m_io->emitEvent(event, QByteArray::fromHex(hex.toLatin1()));
    }
    // Asks all clients, and tells what they have answered.
    Q_INVOKABLE void ask(const QString &event, const QVariantList &args)
    {
        m_io->timeout(std::chrono::seconds(10))
            .emitWithAckList(event, args)
            ->then(this, [this](const QVariantList &answers) { Q_EMIT asked(answers); });
    }

    // A file that the test may use: the certificate or the key of "authority", "server" or
    // "client". Empty without the program openssl.
    Q_INVOKABLE QString certificate(const QString &name, const QString &suffix)
    {
        if (!m_certificates)
            m_certificates = std::make_unique<Certificates>();
        return m_certificates->isValid() ? m_certificates->path(name, suffix) : QString();
    }

    // As an application in C++ does, without waiting for the event loop.
    Q_INVOKABLE void deleteNow(QObject *object) { delete object; }

    // Fails the test when the model breaks a model's rules.
    Q_INVOKABLE void watch(QAbstractItemModel *model)
    {
        new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::QtTest,
                                     model);
    }

    // From now on messages of the module are kept, and not printed.
    Q_INVOKABLE void record()
    {
        recorder() = this;
        m_messages.clear();
        m_engineWarnings = 0;
        m_oldHandler = qInstallMessageHandler(&keep);
    }
    Q_INVOKABLE void stopRecording()
    {
        if (std::exchange(recorder(), nullptr))
            qInstallMessageHandler(m_oldHandler);
    }
    // Objects with text, category, file and line.
    QVariantList messages() const { return m_messages; }
    // How many an engine has emitted meanwhile.
    int engineWarnings() const { return m_engineWarnings; }
    void watchEngine(QQmlEngine *engine)
    {
        connect(engine, &QQmlEngine::warnings, this, [this](const QList<QQmlError> &warnings) {
            m_engineWarnings += int(warnings.size());
        });
    }

Q_SIGNALS:
    void recorded();
    void received(const QString &event, const QVariantList &args);
    void asked(const QVariantList &answers);

private:
    static TestPeer *&recorder()
    {
        static TestPeer *peer = nullptr;
        return peer;
    }
    static void keep(QtMsgType type, const QMessageLogContext &context, const QString &text)
    {
        TestPeer *peer = recorder();
        if (!QByteArray(context.category).startsWith("qt.socketio") || type != QtWarningMsg)
            return peer->m_oldHandler(type, context, text);
        peer->m_messages.append(
            QVariantMap{{QStringLiteral("text"), text},
                        {QStringLiteral("category"), QString::fromUtf8(context.category)},
                        {QStringLiteral("file"), QString::fromUtf8(context.file)},
                        {QStringLiteral("line"), context.line}});
        Q_EMIT peer->recorded();
    }

    void serve(SocketIo::Namespace *nsp)
    {
        using namespace SocketIo;
        connect(nsp, &Namespace::connected, this, [this](Socket *socket) {
            socket->onAny(this, [this](const QString &event, const QVariantList &args) {
                Q_EMIT received(event, args);
            });
            socket->on(QStringLiteral("echo"), this,
                       [](const QVariantList &args, const Ack &ack) { ack.acknowledge(args); });
            socket->on(QStringLiteral("echo back"), this, [socket](const QVariantList &args) {
                socket->emitEventList(QStringLiteral("echo"), args);
            });
            socket->on(QStringLiteral("hex"), this, [](const QByteArray &bytes, const Ack &ack) {
                ack(QString::fromLatin1(bytes.toHex()));
            });
            socket->on(QStringLiteral("auth"), this, [socket](const Ack &ack) {
                ack(socket->handshake().auth(), socket->nsp()->name());
            });
            socket->on(QStringLiteral("silent"), this, [] {});
            // As a server of Socket.IO 2, in the main namespace.
            socket->on(QStringLiteral("err me"), socket, [socket](const QString &text) {
                socket->conn()->send(
                    EngineIo::Message::fromText(QStringLiteral("4\"%1\"").arg(text)));
            });
            socket->on(QStringLiteral("leave me"), socket, &Socket::disconnectSocket);
        });
    }

    std::unique_ptr<SocketIo::Server> m_io;
    std::unique_ptr<Certificates> m_certificates;
    quint16 m_port = 0;
    QVariantList m_messages;
    int m_engineWarnings = 0;
    QtMessageHandler m_oldHandler = nullptr;
};

#endif
