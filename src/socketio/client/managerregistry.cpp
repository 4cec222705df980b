// SPDX-License-Identifier: MIT
#include "socketio/client/managerregistry_p.h"

#include "base/addresstext_p.h"
#include "engineio/client/clientaccess_p.h"
#include "engineio/client/serveraddress_p.h"
#include "socketio/client/clientlogging_p.h"
#include "socketio/client/manager_p.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtCore/qthreadstorage.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>

#include <algorithm>
#include <utility>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;
using EngineIo::detail::addressText;
using EngineIo::detail::ClientAccess;
using EngineIo::detail::usesTls;

namespace {

// Never destroyed: threads may outlive the static objects.
QThreadStorage<ManagerRegistry *> &registries()
{
    static auto *const storage = new QThreadStorage<ManagerRegistry *>;
    return *storage;
}

// In the application's thread, managers are deleted before the application.
void deleteRegistry()
{
    if (!registries().hasLocalData())
        return;
    registries().localData()->finish();
    registries().setLocalData(nullptr);
}

} // namespace

QString namespaceOf(const QUrl &url)
{
    const QString path = url.path(QUrl::FullyDecoded);
    return path.isEmpty() ? u"/"_s : path;
}

QString sharingKey(const QUrl &url, const QString &path)
{
    const int port = url.port(usesTls(url) ? 443 : 80);
    return u"%1://%2%3"_s.arg(url.scheme(), addressText(url.host(), port), path);
}

ManagerRegistry *ManagerRegistry::ofThread()
{
    if (!registries().hasLocalData())
        registries().setLocalData(new ManagerRegistry);
    ManagerRegistry *registry = registries().localData();
    registry->installPostRoutine();
    return registry;
}

void ManagerRegistry::installPostRoutine()
{
    const QCoreApplication *app = QCoreApplication::instance();
    if (!m_postRoutine && app && app->thread() == QThread::currentThread()) {
        m_postRoutine = true;
        qAddPostRoutine(deleteRegistry);
    }
}

ManagerRegistry::~ManagerRegistry()
{
    finish();
}

void ManagerRegistry::finish()
{
    const auto deleteOwned = [this] {
        const QSet<Manager *> managers = m_owned;
        for (Manager *manager : managers) {
            if (m_owned.contains(manager))
                delete manager;
        }
    };
    deleteOwned();
    // The application forgot these, or deletes them after it has ended.
    const QSet<Manager *> others = m_others;
    for (Manager *manager : others) {
        if (m_others.contains(manager))
            ManagerPrivate::get(manager)->shutDown();
    }
    waitForClosing();
    deleteOwned();
    while (!m_closing.isEmpty())
        delete m_closing.cbegin().key();
}

// The one place where the module waits: the application's event loop has ended, and with it the
// time in which what was sent could be delivered.
void ManagerRegistry::waitForClosing()
{
    const auto patience = [this] {
        std::chrono::milliseconds longest(0);
        for (const Closing &closing : std::as_const(m_closing)) {
            if (closing.hasSomethingToSend)
                longest = std::max(longest, closing.patience);
        }
        return longest;
    };
    QAbstractEventDispatcher *dispatcher = QAbstractEventDispatcher::instance();
    if (!dispatcher || patience() <= std::chrono::milliseconds(0)) {
        warnOfLoss();
        return;
    }
    qCDebug(lcClient) << "Waiting until what was sent is delivered, at most" << patience().count()
                      << "ms";
    QTimer deadline;
    deadline.setSingleShot(true);
    deadline.start(patience());
    while (deadline.isActive() && patience() > std::chrono::milliseconds(0)) {
        dispatcher->processEvents(QEventLoop::ExcludeUserInputEvents
                                  | QEventLoop::WaitForMoreEvents);
    }
    warnOfLoss();
}

// A server that is gone does not miss the DISCONNECT packets.
qsizetype ManagerRegistry::lostCount(const EngineIo::Client *client, const Closing &closing)
{
    return std::max<qsizetype>(0, ClientAccess::undeliveredCount(client) - closing.farewells);
}

void ManagerRegistry::warnOfLoss() const
{
    for (auto it = m_closing.cbegin(); it != m_closing.cend(); ++it) {
        const EngineIo::Client *client = it.key();
        const qsizetype lost = lostCount(client, *it);
        if (!it->hasSomethingToSend || lost == 0)
            continue;
        qCWarning(lcClient).noquote()
            << u"%1 has not taken all that was sent within %2 ms: up to %3 packets are lost. Raise "
               "ClientOptions::quitTimeout, or wait for flushed() before the program ends."_s.arg(
                   EngineIo::detail::displayAddress(client->url()),
                   QString::number(it->patience.count()), QString::number(lost));
    }
}

// No other object is notified: the client's manager has already released it.
void ManagerRegistry::warnOfEnd(const EngineIo::Client *client, const Closing &closing,
                                EngineIo::CloseReason reason, const EngineIo::ClientError &details)
{
    const qsizetype lost = lostCount(client, closing);
    if (lost == 0) {
        if (details.closeCode() != 0) // it has taken it, and refuses it
            qCWarning(lcClient).noquote() << details.text();
        return;
    }
    qCWarning(lcClient).noquote()
        << u"%1 has not taken all that was sent before its manager was deleted or opened again: "
           "up to %2 packets are lost (%3). Wait for flushed() before that."_s.arg(
               EngineIo::detail::displayAddress(client->url()), QString::number(lost),
               details.isError() ? details.message() : EngineIo::closeReasonText(reason));
}

void ManagerRegistry::close(EngineIo::Client *client,
                            const std::shared_ptr<QNetworkAccessManager> &network,
                            std::chrono::milliseconds patience, qsizetype farewells)
{
    const bool isOpen = client->state() == EngineIo::Client::State::Open
        || (client->state() == EngineIo::Client::State::Closing && !client->id().isEmpty());
    client->setParent(this);
    m_closing.insert(client, {network, patience, farewells, isOpen});
    connect(client, &EngineIo::Client::closed, this,
            [this, client](EngineIo::CloseReason reason, const EngineIo::ClientError &details) {
                const auto it = m_closing.find(client);
                if (it != m_closing.end() && std::exchange(it->hasSomethingToSend, false))
                    warnOfEnd(client, *it, reason, details);
                client->deleteLater();
            });
    connect(client, &QObject::destroyed, this, [this, client] {
        // Not here, as this may be called by the network access manager.
        if (const auto closing = m_closing.take(client).network) {
            QMetaObject::invokeMethod(
                this, [closing] {}, Qt::QueuedConnection);
        }
    });
    client->close();
}

ClientSocket *ManagerRegistry::connectTo(const QUrl &url, const ClientOptions &options)
{
    const EngineIo::detail::ServerAddress address(url);
    const QUrl serverUrl = address.isValid() ? address.url() : url;
    const QString nsp = namespaceOf(serverUrl);
    QString key = address.isValid() ? sharingKey(serverUrl, options.path) : QString();
    if (!key.isEmpty() && options.protocol == EngineIo::ProtocolRevision::Revision3)
        key += u" Engine.IO 3"_s;
    Manager *manager = m_shared.value(key);
    const bool newConnection = options.forceNew || !options.multiplex || key.isEmpty()
        || (manager && ManagerPrivate::get(manager)->hasSocket(nsp));
    if (!manager || newConnection) {
        // It must know its owner before it connects.
        ClientOptions managerOptions = options;
        managerOptions.autoConnect = false;
        manager = new Manager(serverUrl, managerOptions);
        ManagerPrivate *d = ManagerPrivate::get(manager);
        d->registry = this;
        d->ownedByRegistry = true;
        m_owned.insert(manager);
        if (!newConnection) {
            m_shared.insert(key, manager);
            d->sharingKey = key;
        }
        if (options.autoConnect) {
            d->options.autoConnect = true;
            d->open();
        }
    }
    return manager->socket(nsp, options);
}

void ManagerRegistry::add(Manager *manager)
{
    m_others.insert(manager);
}

void ManagerRegistry::stopSharing(Manager *manager)
{
    const QString key = std::exchange(ManagerPrivate::get(manager)->sharingKey, {});
    if (!key.isEmpty() && m_shared.value(key) == manager)
        m_shared.remove(key);
}

void ManagerRegistry::forget(Manager *manager)
{
    stopSharing(manager);
    m_owned.remove(manager);
    m_others.remove(manager);
}

} // namespace SocketIo::detail
