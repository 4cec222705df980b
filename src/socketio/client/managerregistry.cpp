// SPDX-License-Identifier: MIT
#include "socketio/client/managerregistry_p.h"

#include "socketio/client/manager_p.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qthread.h>
#include <QtCore/qthreadstorage.h>

namespace SocketIo::detail {

using namespace Qt::StringLiterals;

namespace {

// Never destroyed: threads may outlive the static objects.
QThreadStorage<ManagerRegistry *> &registries()
{
    static auto *const storage = new QThreadStorage<ManagerRegistry *>;
    return *storage;
}

// In the application's thread the managers go before the application does.
void deleteRegistry()
{
    if (registries().hasLocalData())
        registries().setLocalData(nullptr);
}

bool isKnownScheme(const QString &scheme)
{
    return scheme == "http"_L1 || scheme == "https"_L1 || scheme == "ws"_L1 || scheme == "wss"_L1;
}

} // namespace

QUrl normalizedUrl(const QUrl &url)
{
    if (isKnownScheme(url.scheme()))
        return url;
    // "host:3000/path" reads as a URL with the scheme "host".
    QString text = url.toString(QUrl::FullyEncoded);
    while (text.startsWith(u'/'))
        text.remove(0, 1);
    return QUrl(u"http://"_s + text);
}

QString namespaceOf(const QUrl &url)
{
    const QString path = url.path(QUrl::FullyDecoded);
    return path.isEmpty() ? u"/"_s : path;
}

QString sharingKey(const QUrl &url, const QString &path)
{
    const bool secure = url.scheme() == "https"_L1 || url.scheme() == "wss"_L1;
    const QString host = url.host();
    return u"%1://%2:%3%4"_s.arg(url.scheme(), host.contains(u':') ? u'[' + host + u']' : host,
                                 QString::number(url.port(secure ? 443 : 80)), path);
}

ManagerRegistry *ManagerRegistry::ofThread()
{
    if (!registries().hasLocalData()) {
        registries().setLocalData(new ManagerRegistry);
        const QCoreApplication *app = QCoreApplication::instance();
        if (app && app->thread() == QThread::currentThread())
            qAddPostRoutine(deleteRegistry);
    }
    return registries().localData();
}

ManagerRegistry::~ManagerRegistry()
{
    const QList<Manager *> managers = m_owned;
    for (Manager *manager : managers) {
        if (m_owned.contains(manager))
            delete manager;
    }
}

ClientSocket *ManagerRegistry::connectTo(const QUrl &url, const ClientOptions &options)
{
    const QUrl serverUrl = normalizedUrl(url);
    const QString nsp = namespaceOf(serverUrl);
    const QString key = sharingKey(serverUrl, options.path);
    Manager *manager = m_shared.value(key);
    const bool newConnection = options.forceNew || !options.multiplex
        || (manager && ManagerPrivate::get(manager)->hasSocket(nsp));
    if (!manager || newConnection) {
        Manager *newManager = new Manager(serverUrl, options);
        ManagerPrivate::get(newManager)->registry = this;
        m_owned.append(newManager);
        if (!newConnection)
            m_shared.insert(key, newManager);
        manager = newManager;
    }
    return manager->socket(nsp, options);
}

void ManagerRegistry::retire(Manager *manager)
{
    m_shared.removeIf([manager](const auto &entry) { return entry.value() == manager; });
}

void ManagerRegistry::forget(Manager *manager)
{
    retire(manager);
    m_owned.removeAll(manager);
}

} // namespace SocketIo::detail
