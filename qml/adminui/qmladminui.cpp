// SPDX-License-Identifier: MIT
#include "qmladminui.h"

#include "base/callout_p.h"
#include "jsvalues_p.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>

#include <utility>

namespace SocketIo {

using namespace Qt::StringLiterals;
using namespace detail;
using EngineIo::detail::CallOut;

/*!
    \qmlmodule SocketIo.AdminUi
    \title SocketIo.AdminUi QML Module
    \brief Shows a server declared in QML in Socket.IO's Admin UI.

    \qml
    import SocketIo
    import SocketIo.AdminUi

    SocketIoServer {
        port: 3000
        AdminUi {
            username: "ada"
            passwordHash: "$2b$10$heqvAkYMez.Va6Et2uXInOnkCT6/uQj1brkrbyG3LpopDklcq7ZOS"
            pageFolder: "node_modules/@socket.io/admin-ui/ui/dist"
        }
    }
    \endqml
*/
/*!
    \qmltype AdminUi
    \inqmlmodule SocketIo.AdminUi
    \inherits SocketIoServerExtension
    \since QtSocketIo 0.1
    \brief Shows the SocketIoServer that it is declared in in Socket.IO's Admin UI.

    Its properties count when the server listens for the first time; active says whether pages can
    log in. Who may log in is said by username and passwordHash, by authenticator or by allowAnyone.

    \sa {Watch a server with the Admin UI}, SocketIo::AdminUi
*/
/*!
    \qmlproperty string AdminUi::username
    The name to log in with, beside passwordHash.
*/
/*!
    \qmlproperty string AdminUi::passwordHash
    A hash of the password by bcrypt.
*/
/*!
    \qmlproperty var AdminUi::authenticator
    A function that is called with the name, the password and a function to call with whether that
    may log in, now or later. It may return a boolean instead, or a promise of one:

    \qml
    AdminUi { authenticator: (name, password) => name === "ada" && password === secret }
    \endqml
*/
/*!
    \qmlproperty bool AdminUi::allowAnyone
    Whether anyone may log in; \c false by default.
*/
/*!
    \qmlproperty string AdminUi::nsp
    The namespace of the pages; "/admin" by default.
*/
/*!
    \qmlproperty enumeration AdminUi::mode
    What the pages are told.

    \value AdminUi.Development everything, each event too; the default
    \value AdminUi.Production only totals
*/
/*!
    \qmlproperty bool AdminUi::readOnly
    Whether the pages cannot act; \c false by default.
*/
/*!
    \qmlproperty string AdminUi::serverId
    The server's name on the pages; by default that of the host.
*/
/*!
    \qmlproperty url AdminUi::pageFolder
    The folder with the pages, \c{ui/dist} of the npm package \c{@socket.io/admin-ui}. A relative
    URL begins at the QML file.
*/
/*!
    \qmlproperty string AdminUi::pagePath
    Where browsers find the pages; "/admin-ui/" by default.
*/
/*!
    \qmlproperty int AdminUi::statisticsInterval
    After how many milliseconds the pages get new numbers; 2,000 by default.
*/
/*!
    \qmlproperty int AdminUi::sessionDuration
    For how many seconds a page may come back without the password; a day by default.
*/
/*!
    \qmlproperty int AdminUi::maxSessions
    How many such sessions are kept; 1,000 by default.
*/
/*!
    \qmlproperty int AdminUi::maxFailedLogins
    After how many wrong passwords within a minute an address has to wait; 10 by default.
*/
/*!
    \qmlproperty int AdminUi::maxWaitingLogins
    How many passwords may be compared at a time; 16 by default.
*/
/*!
    \qmlproperty int AdminUi::maxNamespaces
    How many namespaces the commands of pages may make; 100 by default.
*/
/*!
    \qmlproperty bool AdminUi::active
    \readonly
    Whether pages can log in.
*/
/*!
    \qmlproperty string AdminUi::errorString
    \readonly
    Why they cannot; empty if they can, and before the server listens.
*/
/*!
    \qmlsignal AdminUi::loggedIn(string username, string address)
    This signal is emitted when \a username has logged in from \a address.
*/
/*!
    \qmlsignal AdminUi::loginFailed(string username, string address)
    This signal is emitted when somebody at \a address has failed to log in as \a username.
*/
QmlAdminUi::QmlAdminUi(QObject *parent)
    : QmlServerExtension(parent)
{
}

QmlAdminUi::~QmlAdminUi() = default;

void QmlAdminUi::setAuthenticator(const QJSValue &authenticator)
{
    if (m_authenticator.strictlyEquals(authenticator))
        return;
    m_authenticator = authenticator;
    CallOut out(this);
    if (!authenticator.isCallable() && !authenticator.isUndefined() && !authenticator.isNull()) {
        out.call([this] {
            warn(this, u"The property authenticator is a function (username, password, done)"_s);
        });
    }
    out.emitSignal(&QmlAdminUi::authenticatorChanged);
}

void QmlAdminUi::setServerId(const QString &id)
{
    if (m_serverId == id)
        return;
    m_serverId = id;
    Q_EMIT serverIdChanged();
}

QString QmlAdminUi::errorString() const
{
    return m_ui ? m_ui->errorString() : QString();
}

AdminUiOptions QmlAdminUi::options()
{
    AdminUiOptions options;
    options.username = m_username;
    options.passwordHash = m_passwordHash.toUtf8();
    if (m_authenticator.isCallable())
        options.authenticator = authenticatorFromJs();
    options.allowAnyone = m_allowAnyone;
    options.namespaceName = m_nsp;
    options.mode =
        m_mode == Production ? AdminUiOptions::Mode::Production : AdminUiOptions::Mode::Development;
    options.readOnly = m_readOnly;
    options.serverId = m_serverId;
    if (!m_pageFolder.isEmpty()) {
        const QQmlContext *context = qmlContext(this);
        const QUrl url = context ? context->resolvedUrl(m_pageFolder) : m_pageFolder;
        options.pageFolder = url.scheme() == "qrc"_L1 ? u':' + url.path() : url.toLocalFile();
    }
    options.pagePath = m_pagePath;
    options.statisticsInterval = std::chrono::milliseconds(m_statisticsInterval);
    options.sessionDuration = std::chrono::seconds(m_sessionDuration);
    options.maxSessions = m_maxSessions;
    options.maxFailedLogins = m_maxFailedLogins;
    options.maxWaitingLogins = m_maxWaitingLogins;
    options.maxNamespaces = m_maxNamespaces;
    return options;
}

AdminUiOptions::Authenticator QmlAdminUi::authenticatorFromJs()
{
    return [self = QPointer<QmlAdminUi>(this)](const QString &username, const QString &password,
                                               const std::function<void(bool allowed)> &done) {
        QJSEngine *engine = self ? engineOf(self) : nullptr;
        if (!engine)
            return done(false);
        const auto isDone = std::make_shared<bool>(false);
        const auto finish = [done, isDone](bool allowed) {
            if (!std::exchange(*isDone, true))
                done(allowed);
        };
        const QJSValue doneFunction = functionToJs(engine, [finish](const QJSValueList &args) {
            finish(args.value(0).isBool() && args.value(0).toBool());
            return QJSValue();
        });
        const QJSValue function = self->m_authenticator;
        const std::optional<QJSValue> result =
            callJs(engine, self, function, {QJSValue(username), QJSValue(password), doneFunction});
        if (!result || result->isBool()) {
            finish(result && result->toBool());
        } else if (result->property(u"then"_s).isCallable()) {
            const QJSValue failed = functionToJs(engine, [self, finish](const QJSValueList &args) {
                warnOfPeer(
                    self,
                    u"The promise of the authenticator was rejected, so nobody logs in: %1"_s.arg(
                        thrownText(args.value(0))));
                finish(false);
                return QJSValue();
            });
            result->property(u"then"_s).callWithInstance(*result, {doneFunction, failed});
        } else if (!*isDone && function.property(u"length"_s).toInt() < 3) {
            warnOfPeer(
                self,
                u"The authenticator has returned neither true nor false, and takes no function "
                "to call later, so nobody logs in. Return a boolean, or a promise of one, or "
                "give it a third parameter and call that"_s);
            finish(false);
        }
    };
}

void QmlAdminUi::start(Server *server)
{
    // A slot of newNamespace() may delete this with the server.
    CallOut out(this);
    std::unique_ptr<AdminUi> ui;
    if (!out.call([&] { ui = std::make_unique<AdminUi>(server, options()); }))
        return;
    m_ui = std::move(ui);
    connect(m_ui.get(), &AdminUi::loggedIn, this, &QmlAdminUi::loggedIn);
    connect(m_ui.get(), &AdminUi::loginFailed, this, &QmlAdminUi::loginFailed);
    out.emitSignal(m_ui->isActive() ? &QmlAdminUi::activeChanged : &QmlAdminUi::errorStringChanged);
    out.emitSignal(&QmlAdminUi::serverIdChanged);
}

bool QmlAdminUi::handleRequest(const EngineIo::HttpRequest &request,
                               const EngineIo::HttpResponder &respond)
{
    return m_ui && m_ui->handleRequest(request, respond);
}

} // namespace SocketIo
