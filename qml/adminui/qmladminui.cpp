// SPDX-License-Identifier: MIT
#include "qmladminui.h"

#include "base/callout_p.h"
#include "jscalls_p.h"
#include "qmlcontext_p.h"
#include "qmlwarnings_p.h"

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

    The properties take effect when the server listens for the first time. To define who may log in,
    set \l username and \l passwordHash, \l authenticator, or \l allowAnyone. \l active is \c true
    if pages can log in.

    \sa {Watch a server with the Admin UI}, SocketIo::AdminUi
*/
/*!
    \qmlproperty string AdminUi::username
    This property holds the name to log in with, together with \l passwordHash. Empty by default.
*/
/*!
    \qmlproperty string AdminUi::passwordHash
    This property holds the bcrypt hash of the password for \l username. Empty by default.
*/
/*!
    \qmlproperty var AdminUi::authenticator
    This property holds a function that decides who may log in, used instead of \l username and
    \l passwordHash. It is called with the name, the password and a function, and calls that
    function with \c true or \c false, immediately or later. Alternatively, it can return a boolean
    or a promise that resolves to a boolean:

    \qml
    AdminUi { authenticator: (name, password) => name === "ada" && password === secret }
    \endqml
*/
/*!
    \qmlproperty bool AdminUi::allowAnyone
    This property holds whether anyone may log in without a password; \c false by default.
*/
/*!
    \qmlproperty string AdminUi::nsp
    This property holds the namespace that the pages connect to; "/admin" by default.
*/
/*!
    \qmlproperty enumeration AdminUi::mode
    This property holds what is reported to the pages.

    \value AdminUi.Development everything, including each event; the default
    \value AdminUi.Production only totals
*/
/*!
    \qmlproperty bool AdminUi::readOnly
    This property holds whether the pages are read-only and cannot execute commands; \c false by
    default.
*/
/*!
    \qmlproperty string AdminUi::serverId
    This property holds the name of the server on the pages; by default, the name of the host,
    followed by the id of the process if the server is part of a cluster.
*/
/*!
    \qmlproperty url AdminUi::pageFolder
    This property holds the folder with the pages, \c{ui/dist} of the npm package
    \c{@socket.io/admin-ui}. A relative URL is resolved against the location of the QML file. Empty
    by default.
*/
/*!
    \qmlproperty string AdminUi::pagePath
    This property holds the path of the pages on the server; "/admin-ui/" by default.
*/
/*!
    \qmlproperty int AdminUi::statisticsInterval
    This property holds the interval in milliseconds at which statistics are sent to the pages;
    2,000 by default.
*/
/*!
    \qmlproperty int AdminUi::sessionDuration
    This property holds the time in seconds for which a page can be reloaded without the password;
    86,400 (24 hours) by default.
*/
/*!
    \qmlproperty int AdminUi::maxSessions
    This property holds the maximum number of sessions of pages that have logged in; 1,000 by
    default.
*/
/*!
    \qmlproperty int AdminUi::maxFailedLogins
    This property holds the number of wrong passwords within a minute after which logins from an
    address are refused; 10 by default.
*/
/*!
    \qmlproperty int AdminUi::maxWaitingLogins
    This property holds the maximum number of logins whose password is being checked; 16 by default.
*/
/*!
    \qmlproperty int AdminUi::maxNamespaces
    This property holds the maximum number of namespaces that commands from the pages can create;
    100 by default.
*/
/*!
    \qmlproperty bool AdminUi::active
    \readonly
    This property holds whether pages can log in.
*/
/*!
    \qmlproperty string AdminUi::errorString
    \readonly
    This property holds the reason why pages cannot log in. It is empty if they can, and before the
    server listens.
*/
/*!
    \qmlsignal AdminUi::loggedIn(string username, string address)
    This signal is emitted when \a username has logged in from \a address.
*/
/*!
    \qmlsignal AdminUi::loginFailed(string username, string address)
    This signal is emitted when an attempt to log in as \a username from \a address has failed.
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
