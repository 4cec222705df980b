// SPDX-License-Identifier: MIT
// What C++ has, QML has: compares meta-objects, and what headers declare besides them. The tables
// of the guide doc/src/qml.qdoc are the list of exceptions.
#include "qmlbroadcast.h"
#include "qmlclient.h"
#include "qmlerror.h"
#include "qmlnamespace.h"
#include "qmloperators.h"
#include "qmlremotesocket.h"
#include "qmlserver.h"
#include "qmlsocket.h"
#include "support/testmain.h"

#include <SocketIo/Manager>

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace SocketIo;

class TestQmlParity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void eachMemberIsInQml_data();
    void eachMemberIsInQml();
    void eachExceptionIsNeeded_data();
    void eachExceptionIsNeeded();
    void eachClassIsInTheGuide();

private:
    struct Exception
    {
        QString type; // in QML; empty: only C++ has it
        QString member;
    };
    QHash<QString, Exception> m_exceptions; // by "Class::member"
};

namespace {

struct Pair
{
    const char *name;
    const char *header;
    const QMetaObject *cpp; // null: a class without
    const char *qmlName;
    const QMetaObject *qml;
};

const Pair pairs[] = {
    {"Emitter", "events/emitter.h", nullptr, "SocketIoEmitter", &QmlEmitter::staticMetaObject},
    {"EventListeners", "events/eventlisteners.h", nullptr, "SocketIoListener",
     &QmlListener::staticMetaObject},
    {"ClientSocket", "client/clientsocket.h", &ClientSocket::staticMetaObject, "SocketIoClient",
     &QmlClient::staticMetaObject},
    {"Manager", "client/manager.h", &Manager::staticMetaObject, "SocketIoClient",
     &QmlClient::staticMetaObject},
    {"ClientSocketOperator", "client/clientsocketoperator.h", nullptr, "SocketIoClientOperator",
     &QmlClientOperator::staticMetaObject},
    {"Server", "server/server.h", &Server::staticMetaObject, "SocketIoServer",
     &QmlServer::staticMetaObject},
    {"Namespace", "server/namespace.h", &Namespace::staticMetaObject, "SocketIoNamespace",
     &QmlNamespace::staticMetaObject},
    {"BroadcastOperator", "server/broadcastoperator.h", nullptr, "SocketIoBroadcast",
     &QmlBroadcast::staticMetaObject},
    {"Socket", "server/socket.h", &Socket::staticMetaObject, "SocketIoSocket",
     &QmlSocket::staticMetaObject},
    {"SocketOperator", "server/socketoperator.h", nullptr, "SocketIoSocketOperator",
     &QmlSocketOperator::staticMetaObject},
    {"RemoteSocket", "server/remotesocket.h", nullptr, "SocketIoRemoteSocket",
     &QmlRemoteSocket::staticMetaObject},
    {"Error", "events/error.h", &Error::staticMetaObject, "SocketIoError",
     &QmlError::staticMetaObject},
};

QString contentOf(const QString &name)
{
    QFile file(QStringLiteral(SOURCE_FOLDER "/") + name);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

// The functions in the public sections of a class in a header.
QSet<QString> functionsOf(const Pair &pair)
{
    const QString name = QString::fromLatin1(pair.name);
    const QString text = contentOf(u"src/socketio/"_s + QString::fromLatin1(pair.header));
    static const QRegularExpression section(
        u"^(public|protected|private)( Q_SLOTS)?:|^Q_SIGNALS:"_s);
    static const QRegularExpression function(
        u"^    (?! )(?!using|friend|template|return|[A-Z_]+\\()"
        "[\\w:<>,*& ]*?[ *&](\\w+)\\("_s);
    const qsizetype start = text.indexOf(QRegularExpression(
        u"^class (SOCKETIO_EXPORT )?%1\\b(?!;)"_s.arg(name), QRegularExpression::MultilineOption));
    QSet<QString> functions;
    bool isPublic = false;
    const QStringList lines = text.mid(start).split(u'\n');
    for (const QString &line : lines) {
        if (line.startsWith("};"_L1))
            break;
        if (const auto match = section.match(line); match.hasMatch())
            isPublic = match.captured(1) == "public"_L1;
        const auto match = function.match(line);
        if (isPublic && match.hasMatch() && match.captured(1) != name
            && !line.contains("operator"_L1))
            functions.insert(match.captured(1));
    }
    return functions;
}

QSet<QString> membersOf(const QMetaObject *object)
{
    QSet<QString> members;
    for (int i = object->propertyOffset(); i < object->propertyCount(); ++i)
        members.insert(QString::fromUtf8(object->property(i).name()));
    for (int i = object->methodOffset(); i < object->methodCount(); ++i)
        members.insert(QString::fromUtf8(object->method(i).name()));
    return members;
}

QSet<QString> membersOf(const Pair &pair)
{
    return pair.cpp ? functionsOf(pair) + membersOf(pair.cpp) : functionsOf(pair);
}

bool has(const QMetaObject *object, const QString &name)
{
    const QByteArray utf8 = name.toUtf8();
    if (object->indexOfProperty(utf8.constData()) >= 0)
        return true;
    for (int i = 0; i < object->methodCount(); ++i) {
        if (object->method(i).name() == utf8)
            return true;
    }
    const auto propertyNamed = [object](QString text) {
        text.replace(0, 1, text.first(1).toLower());
        return object->property(object->indexOfProperty(text.toUtf8().constData()));
    };
    if (name.startsWith("is"_L1) && propertyNamed(name.mid(2)).isValid())
        return true;
    return name.startsWith("set"_L1) && propertyNamed(name.mid(3)).isWritable();
}

} // namespace

void TestQmlParity::initTestCase()
{
    static const QRegularExpression row(
        u"^ *\\\\row \\\\li (\\w+)::(\\w+) \\\\li (?:(SocketIo\\w+)::(\\w+)|[A-Z])"_s,
        QRegularExpression::MultilineOption);
    auto rows = row.globalMatch(contentOf(u"doc/src/qml.qdoc"_s));
    while (rows.hasNext()) {
        const auto match = rows.next();
        if (match.captured(1) == "SocketIo"_L1)
            continue; // the table of the types
        const QString name = match.captured(1) + u"::"_s + match.captured(2);
        QVERIFY2(!m_exceptions.contains(name), qPrintable(name));
        m_exceptions.insert(name, {match.captured(3), match.captured(4)});
    }
    QVERIFY(m_exceptions.size() > 20);
}

void TestQmlParity::eachMemberIsInQml_data()
{
    QTest::addColumn<int>("number");
    for (std::size_t i = 0; i < std::size(pairs); ++i)
        QTest::newRow(pairs[i].name) << int(i);
}

void TestQmlParity::eachMemberIsInQml()
{
    QFETCH(int, number);
    const Pair &pair = pairs[number];
    const QSet<QString> members = membersOf(pair);
    QVERIFY2(members.size() > 3, pair.header);
    QStringList lacks;
    for (const QString &member : members) {
        const QString name = QString::fromLatin1(pair.name) + u"::"_s + member;
        if (!has(pair.qml, member) && !m_exceptions.contains(name))
            lacks.append(name);
    }
    lacks.sort();
    QVERIFY2(lacks.isEmpty(), qPrintable(lacks.join(u'\n')));
}

void TestQmlParity::eachExceptionIsNeeded_data()
{
    QTest::addColumn<QString>("name");
    for (auto it = m_exceptions.cbegin(); it != m_exceptions.cend(); ++it)
        QTest::newRow(qPrintable(it.key())) << it.key();
}

void TestQmlParity::eachExceptionIsNeeded()
{
    QFETCH(QString, name);
    const QStringList parts = name.split(u"::"_s);
    const auto pair = std::find_if(std::begin(pairs), std::end(pairs), [&](const Pair &each) {
        return parts.first() == QLatin1StringView(each.name);
    });
    QVERIFY(pair != std::end(pairs));
    QVERIFY2(membersOf(*pair).contains(parts.last()), "C++ has no such member");
    QVERIFY2(!has(pair->qml, parts.last()), "QML has it too");
    const Exception exception = m_exceptions.value(name);
    if (exception.type.isEmpty())
        return;
    const auto other = std::find_if(std::begin(pairs), std::end(pairs), [&](const Pair &each) {
        return exception.type == QLatin1StringView(each.qmlName);
    });
    QVERIFY(other != std::end(pairs));
    QVERIFY2(has(other->qml, exception.member), "QML has no such member");
}

// By the names of the public headers, such as <SocketIo/Server>.
void TestQmlParity::eachClassIsInTheGuide()
{
    const QString guide = contentOf(u"doc/src/qml.qdoc"_s);
    const QStringList names =
        QDir(QStringLiteral(INCLUDE_FOLDER "/SocketIo")).entryList(QDir::Files);
    QStringList lacks;
    int count = 0;
    for (const QString &name : names) {
        if (name.contains(u'.'))
            continue;
        ++count;
        if (!guide.contains(QRegularExpression(u"SocketIo::%1\\b"_s.arg(name))))
            lacks.append(name);
    }
    QVERIFY(count > 30);
    QVERIFY2(lacks.isEmpty(), qPrintable(lacks.join(u'\n')));
}

QTSOCKETIO_TEST(TestQmlParity)
#include "tst_qmlparity.moc"
