// SPDX-License-Identifier: MIT
#include "postgresserver.h"

#include <QtCore/qdebug.h>
#include <QtCore/qdir.h>
#include <QtCore/qstandardpaths.h>
#include <QtNetwork/qtcpserver.h>

#include <csignal>
#include <grp.h>
#include <pwd.h>
#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

using namespace Qt::StringLiterals;

namespace {

constexpr int Patience = 30000; // ms

// Distributions keep the servers of all versions in folders of their own.
QString program(const QString &name)
{
    QStringList folders;
    const QDir versions(u"/usr/lib/postgresql"_s);
    const QStringList names = versions.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    for (const QString &version : names)
        folders.prepend(versions.filePath(version + u"/bin"_s));
    const QString found = QStandardPaths::findExecutable(name, folders);
    return found.isEmpty() ? QStandardPaths::findExecutable(name) : found;
}

const passwd *otherUser()
{
    if (geteuid() != 0)
        return nullptr;
    const passwd *const user = getpwnam("postgres");
    return user ? user : getpwnam("nobody");
}

} // namespace

PostgresServer::PostgresServer()
{
    m_process.setProcessChannelMode(QProcess::MergedChannels);
}

PostgresServer::~PostgresServer()
{
    stop();
}

bool PostgresServer::isInstalled()
{
    return !program(u"initdb"_s).isEmpty() && !program(u"postgres"_s).isEmpty();
}

void PostgresServer::startAsUser(QProcess *process, const QString &name,
                                 const QStringList &arguments)
{
    process->setWorkingDirectory(m_folder.path());
    process->setChildProcessModifier([user = otherUser()] {
        if (user
            && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0
                || setuid(user->pw_uid) != 0))
            _exit(1);
#ifdef Q_OS_LINUX
        prctl(PR_SET_PDEATHSIG, SIGQUIT); // nothing is left of a test that crashes
#endif
    });
    process->start(program(name), arguments);
}

bool PostgresServer::makeData()
{
    if (QDir(m_folder.filePath(u"data"_s)).exists())
        return true;
    if (const passwd *const user = otherUser()) {
        if (chown(m_folder.path().toLocal8Bit().constData(), user->pw_uid, user->pw_gid) != 0)
            return false;
    }
    QProcess initdb;
    startAsUser(&initdb, u"initdb"_s,
                {u"-D"_s, m_folder.filePath(u"data"_s), u"-A"_s, u"trust"_s, u"-U"_s, u"postgres"_s,
                 u"-E"_s, u"UTF8"_s, u"--no-sync"_s, u"--locale=C"_s});
    const bool made = initdb.waitForFinished(Patience) && initdb.exitCode() == 0;
    if (!made)
        qWarning().noquote() << "initdb failed:" << initdb.errorString() << initdb.readAll();
    return made;
}

bool PostgresServer::start()
{
    if (!makeData())
        return false;
    // Another program may take the port before PostgreSQL does.
    for (int attempt = 0; attempt < 5; ++attempt) {
        if (m_port == 0) {
            QTcpServer free;
            if (!free.listen(QHostAddress::LocalHost))
                return false;
            m_port = free.serverPort();
        }
        startAsUser(&m_process, u"postgres"_s,
                    {u"-D"_s, m_folder.filePath(u"data"_s), u"-k"_s, m_folder.path(), u"-p"_s,
                     QString::number(m_port), u"-h"_s, u"127.0.0.1"_s, u"-F"_s});
        QByteArray output;
        while (!output.contains("ready to accept connections")
               && m_process.waitForReadyRead(Patience))
            output += m_process.readAll();
        if (output.contains("ready to accept connections"))
            return true;
        qWarning().noquote() << "postgres did not start:" << output;
        stop();
        m_port = 0;
    }
    return false;
}

void PostgresServer::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    resume();
    ::kill(pid_t(m_process.processId()), SIGQUIT);
    if (!m_process.waitForFinished(Patience))
        m_process.kill();
    m_process.waitForFinished();
}

void PostgresServer::signalAll(int number)
{
    ::kill(pid_t(m_process.processId()), number);
    QProcess children;
    children.start(u"pgrep"_s, {u"-P"_s, QString::number(m_process.processId())});
    children.waitForFinished(Patience);
    const QList<QByteArray> ids = children.readAll().split('\n');
    for (const QByteArray &id : ids) {
        if (id.toInt() > 0)
            ::kill(pid_t(id.toInt()), number);
    }
}

void PostgresServer::pause()
{
    m_isPaused = true;
    signalAll(SIGSTOP);
}

void PostgresServer::resume()
{
    if (std::exchange(m_isPaused, false))
        signalAll(SIGCONT);
}

QUrl PostgresServer::url() const
{
    return QUrl(u"postgresql://postgres@localhost:%1/postgres"_s.arg(m_port));
}

QUrl PostgresServer::localUrl() const
{
    return QUrl(
        u"postgresql://postgres@/postgres?host=%1&port=%2"_s.arg(m_folder.path()).arg(m_port));
}

QByteArray PostgresServer::run(const QByteArray &sql)
{
    QProcess psql;
    psql.start(program(u"psql"_s),
               {u"-XAtq"_s, u"-v"_s, u"ON_ERROR_STOP=1"_s, u"-f"_s, u"-"_s,
                QString::fromUtf8(localUrl().toEncoded())});
    psql.write(sql);
    psql.closeWriteChannel();
    psql.waitForFinished(Patience);
    const QByteArray problems = psql.readAllStandardError();
    if (!problems.isEmpty())
        qWarning().noquote() << "psql:" << problems;
    return psql.readAllStandardOutput().trimmed();
}
