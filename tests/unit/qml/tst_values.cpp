// SPDX-License-Identifier: MIT
// The table of doc/src/values.qdoc: what values are on the wire and back, the same from C++ and
// QML.
#include "socketio/parser/jsonreader_p.h"
#include "support/testmain.h"

#include <SocketIo/ClientSocket>
#include <SocketIo/Manager>
#include <SocketIo/Server>

#include <QtCore/qbitarray.h>
#include <QtCore/qcborarray.h>
#include <QtCore/qcbormap.h>
#include <QtCore/qdatetime.h>
#include <QtCore/qeasingcurve.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qline.h>
#include <QtCore/qlocale.h>
#include <QtCore/qrect.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qurl.h>
#include <QtCore/quuid.h>
#include <QtGui/qbitmap.h>
#include <QtGui/qcolor.h>
#include <QtGui/qfont.h>
#include <QtGui/qguiapplication.h>
#include <QtGui/qimage.h>
#include <QtGui/qmatrix4x4.h>
#include <QtGui/qquaternion.h>
#include <QtGui/qvector2d.h>
#include <QtGui/qvector3d.h>
#include <QtGui/qvector4d.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <array>
#include <chrono>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <set>
#include <unordered_map>
#include <vector>

// Of the module's objects, which are linked in.
extern void qml_register_types_SocketIo();

using namespace Qt::StringLiterals;
using namespace SocketIo;
using namespace std::chrono_literals;

namespace Values {
Q_NAMESPACE
enum class Color { Red = 1, Blue = 200 };
Q_ENUM_NS(Color)

struct Point
{
    Q_GADGET
    Q_PROPERTY(int x MEMBER x)
    Q_PROPERTY(QPointF at MEMBER at)
    Q_PROPERTY(std::chrono::milliseconds time MEMBER time)

public:
    int x = 1;
    QPointF at{0.5, 1};
    std::chrono::milliseconds time{20};
    bool operator==(const Point &other) const
    {
        return x == other.x && at == other.at && time == other.time;
    }
};

// Has a conversion of its own.
struct Money
{
    qint64 cents = 0;
    operator QVariant() const { return QVariant(double(cents) / 100); }
};

// Cannot be sent; in a QVariant only at run time.
struct Opaque
{
    int secret = 0;
};
} // namespace Values

using namespace Values;

namespace {

// What makes an argument, and whether the argument from the wire makes the same value again.
struct Cpp
{
    std::function<QVariant()> argument;
    std::function<bool(const QVariant &wire)> isReadBack;
};

template<typename T>
Cpp value(const T &content)
{
    return {[content] { return toArgument(content); },
            [content](const QVariant &wire) {
                T read{};
                return fromArgument(wire, &read) && read == content;
            }};
}

// Of what is sent only, or read as another type.
template<typename T>
Cpp sent(const T &content)
{
    return {[content] { return toArgument(content); }, {}};
}

} // namespace

Q_DECLARE_METATYPE(Cpp)

class TestValues : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanup() { m_received.clear(); }
    void become_data();
    void become();
    void bytes();
    void images();
    void whatCannotBeSentIsNamed_data();
    void whatCannotBeSentIsNamed();
    void qmlNamesWhatIsNoData_data();
    void qmlNamesWhatIsNoData();
    void forwardedSignals();
    void textsOfAllKinds();
    void variantsTakeTheFirstThatFits();
    void whatDoesNotFitIsRefused();

Q_SIGNALS:
    void moved(const QPointF &to, std::chrono::milliseconds after, const Values::Point &point);

private:
    // Evaluates an expression in QML and sends its value.
    void emitFromQml(const QString &expression);
    bool waitForArgument(QVariant *argument)
    {
        const bool come =
            QTest::qWaitFor([this] { return !m_received.isEmpty(); }, TestSupport::Patience);
        *argument = m_received.value(0).value(0);
        m_received.clear();
        return come;
    }

    Server m_io;
    std::unique_ptr<ClientSocket> m_client;
    QQmlEngine m_engine;
    std::unique_ptr<QObject> m_qml;
    QList<QVariantList> m_received;
};

void TestValues::initTestCase()
{
    connect(m_io.mainNamespace(), &Namespace::connected, this, [this](Socket *socket) {
        socket->onAny(
            this, [this](const QString &, const QVariantList &args) { m_received.append(args); });
    });
    QVERIFY(m_io.listen(QHostAddress::LocalHost));
    const QString url = u"http://127.0.0.1:%1"_s.arg(m_io.serverPort());
    m_client.reset(Manager::connectTo(QUrl(url)));
    QTRY_VERIFY(m_client->isConnected());

    qml_register_types_SocketIo();
    QQmlComponent component(&m_engine);
    component.setData(QStringLiteral(R"(
        import QtQuick
        import SocketIo
        SocketIoClient {
            options: ({ forceNew: true })
            function evaluate(text) { return eval(text) }
            function send(text) { return emitEvent("value", evaluate(text)) }
        })")
                          .toUtf8(),
                      QUrl(u"file:///values.qml"_s));
    m_qml.reset(component.createWithInitialProperties({{u"url"_s, QUrl(url)}}));
    QVERIFY2(m_qml, qPrintable(component.errorString()));
    QTRY_VERIFY(m_qml->property("connected").toBool());
}

void TestValues::emitFromQml(const QString &expression)
{
    QVariant sent;
    QVERIFY(QMetaObject::invokeMethod(m_qml.get(), "send", Q_RETURN_ARG(QVariant, sent),
                                      Q_ARG(QVariant, expression)));
    QVERIFY(sent.toBool());
}

void TestValues::become_data()
{
    QTest::addColumn<Cpp>("cpp");
    QTest::addColumn<QString>("qml"); // an expression; empty: there is no such type
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const Cpp &cpp, const char *qml, const char *json) {
        QTest::newRow(name) << cpp << QString::fromUtf8(qml) << QByteArray(json);
    };
    // Nothing, numbers, texts
    row("nullptr", sent(nullptr), "null", "null");
    row("QVariant()", sent(QVariant()), "undefined", "null");
    row("bool", value(true), "true", "true");
    row("int", value(-7), "-7", "-7");
    row("qint64 beyond 2^53", value(qint64(9007199254740993)), "", "9007199254740993");
    row("least qint64", value(std::numeric_limits<qint64>::min()), "", "-9223372036854775808");
    row("greatest quint64", value(std::numeric_limits<quint64>::max()), "", "18446744073709551615");
    row("double", value(0.1), "0.1", "0.1");
    row("whole double", value(3.0), "3.0", "3");
    row("NaN", sent(std::numeric_limits<double>::quiet_NaN()), "NaN", "null");
    row("infinity", sent(std::numeric_limits<double>::infinity()), "Infinity", "null");
    row("enum", value(Color::Blue), "200", "200");
    row("flags", value(Qt::Alignment(Qt::AlignRight | Qt::AlignTop)), "Qt.AlignRight | Qt.AlignTop",
        "34");
    row("QString", value(u"ä\"\n"_s), "'ä\\\"\\n'", R"("ä\"\n")");
    row("QChar", value(QChar(u'ä')), "'ä'", R"("ä")");
    row("Number object", sent(5), "new Number(5)", "5");
    row("String object", sent(u"s"_s), "new String('s')", R"("s")");
    // Containers
    row("QList", value(QList<int>{1, 2}), "[1, 2]", "[1,2]");
    row("QStringList", value(QStringList{u"a"_s}), "['a']", R"(["a"])");
    row("empty list", value(QList<int>()), "[]", "[]");
    row("array with holes", sent(QVariantList{1, QVariant(), 3}), "[1, undefined, 3]",
        "[1,null,3]");
    row("std::vector", value(std::vector<double>{0.5}), "[0.5]", "[0.5]");
    row("std::deque", value(std::deque<int>{1}), "[1]", "[1]");
    row("std::list", value(std::list<bool>{true}), "[true]", "[true]");
    row("std::array", value(std::array<int, 2>{1, 2}), "[1, 2]", "[1,2]");
    row("QSet", value(QSet<int>{1}), "new Set([1])", "[1]");
    row("std::set", value(std::set<int>{1, 2}), "new Set([1, 2])", "[1,2]");
    row("QPair", value(QPair<QString, int>(u"a"_s, 1)), "['a', 1]", R"(["a",1])");
    row("std::tuple", value(std::tuple<int, QString, bool>(1, u"a"_s, true)), "[1, 'a', true]",
        R"([1,"a",true])");
    row("pairs in a list", value(QList<std::pair<int, int>>{{1, 2}}), "[[1, 2]]", "[[1,2]]");
    row("QPair in a QVariant", sent(QVariant::fromValue(QPair<QString, int>(u"a"_s, 1))),
        "['a', 1]", R"(["a",1])");
    row("QMap", value(QMap<QString, int>{{u"a"_s, 1}}), "({ a: 1 })", R"({"a":1})");
    row("QHash with numbers", value(QHash<int, QString>{{5, u"a"_s}}), "({ 5: 'a' })",
        R"({"5":"a"})");
    row("std::map", value(std::map<std::string, int>{{"a", 1}}), "new Map([['a', 1]])",
        R"({"a":1})");
    row("std::unordered_map", value(std::unordered_map<int, int>{{1, 2}}), "new Map([[1, 2]])",
        R"({"1":2})");
    row("map with enums", value(QMap<Color, int>{{Color::Red, 2}}), "({ 1: 2 })", R"({"1":2})");
    const QUuid uuid(u"{8889bf9c-6e0e-4f32-8aac-dfa28a2dde39}"_s);
    row("map with QUuids", value(QMap<QUuid, int>{{uuid, 2}}),
        "({ '8889bf9c-6e0e-4f32-8aac-dfa28a2dde39': 2 })",
        R"({"8889bf9c-6e0e-4f32-8aac-dfa28a2dde39":2})");
    row("nested", value(QMap<QString, QList<QMap<QString, int>>>{{u"k"_s, {{{u"a"_s, 1}}}}}),
        "({ k: [{ a: 1 }] })", R"({"k":[{"a":1}]})");
    row("std::optional", value(std::optional<int>(1)), "1", "1");
    row("empty std::optional", value(std::optional<int>()), "null", "null");
    row("std::variant", value(std::variant<int, QString>(u"a"_s)), "'a'", R"("a")");
    row("std::monostate", value(std::variant<std::monostate, int>()), "null", "null");
    row("object without some members", sent(QVariantMap{{u"a"_s, 1}}), "({ a: 1, b: undefined })",
        R"({"a":1})");
    row("toJSON()", sent(u"x"_s), "({ a: 1, toJSON() { return 'x' } })", R"("x")");
    row("instance of a class", sent(QVariantMap{{u"x"_s, 1}}),
        "new (class { constructor() { this.x = 1 } })", R"({"x":1})");
    row("Error", sent(QVariantMap{{u"name"_s, u"Error"_s}, {u"message"_s, u"bad"_s}}),
        "new Error('bad')", R"({"name":"Error","message":"bad"})");
    // Gadgets
    row("gadget", value(Point()), "", R"({"x":1,"at":{"x":0.5,"y":1},"time":20})");
    row("gadgets in a list", value(QList<Point>{Point()}), "",
        R"([{"x":1,"at":{"x":0.5,"y":1},"time":20}])");
    row("gadgets in a QVariant", sent(QVariant::fromValue(QList<Point>{Point()})), "",
        R"([{"x":1,"at":{"x":0.5,"y":1},"time":20}])");
    row("operator QVariant()", sent(Money{1250}), "12.5", "12.5");
    // Times
    row("milliseconds", value(1500ms), "1500", "1500");
    row("seconds", value(2s), "2000", "2000");
    row("hours", value(1h), "3600000", "3600000");
    row("hours beyond 64 bits", sent(std::chrono::hours::max()), "", "3.3204139332677193e25");
    row("the same in a QVariant", sent(QVariant::fromValue(std::chrono::hours::max())), "",
        "3.3204139332677193e25");
    row("microseconds", value(1500us), "1.5", "1.5");
    row("seconds in a QVariant", sent(QVariant::fromValue(2s)), "2000", "2000");
    const QDateTime time = QDateTime::fromMSecsSinceEpoch(1).toUTC();
    row("QDateTime", value(time), "new Date(1)", R"("1970-01-01T00:00:00.001Z")");
    row("invalid QDateTime", sent(QDateTime()), "new Date(NaN)", "null");
    row("time_point", value(std::chrono::system_clock::time_point(1ms)), "new Date(1)",
        R"("1970-01-01T00:00:00.001Z")");
    row("QDate", value(QDate(2024, 2, 29)), "", R"("2024-02-29")");
    row("QTime", value(QTime(1, 2, 3, 4)), "", R"("01:02:03.004")");
    // Geometry
    row("QPoint", value(QPoint(1, -2)), "Qt.point(1, -2)", R"({"x":1,"y":-2})");
    row("QPointF", value(QPointF(1.5, 2)), "Qt.point(1.5, 2)", R"({"x":1.5,"y":2})");
    row("QSize", value(QSize(3, 4)), "Qt.size(3, 4)", R"({"width":3,"height":4})");
    row("QSizeF", value(QSizeF(3.5, 4)), "Qt.size(3.5, 4)", R"({"width":3.5,"height":4})");
    row("QRect", value(QRect(1, 2, 3, 4)), "Qt.rect(1, 2, 3, 4)",
        R"({"x":1,"y":2,"width":3,"height":4})");
    row("QRectF", value(QRectF(1, 2, 3.5, 4)), "Qt.rect(1, 2, 3.5, 4)",
        R"({"x":1,"y":2,"width":3.5,"height":4})");
    row("QLine", value(QLine(1, 2, 3, 4)), "", R"({"x1":1,"y1":2,"x2":3,"y2":4})");
    row("QLineF", value(QLineF(1, 2, 3, 4.5)), "", R"({"x1":1,"y1":2,"x2":3,"y2":4.5})");
    row("QVector2D", value(QVector2D(1, 2)), "Qt.vector2d(1, 2)", R"({"x":1,"y":2})");
    row("QVector3D", value(QVector3D(1, 2, 0.5)), "Qt.vector3d(1, 2, 0.5)",
        R"({"x":1,"y":2,"z":0.5})");
    row("QVector4D", value(QVector4D(1, 2, 3, 4)), "Qt.vector4d(1, 2, 3, 4)",
        R"({"x":1,"y":2,"z":3,"w":4})");
    row("QQuaternion", value(QQuaternion(1, 2, 3, 4)), "Qt.quaternion(1, 2, 3, 4)",
        R"({"scalar":1,"x":2,"y":3,"z":4})");
    row("QMatrix4x4", value(QMatrix4x4(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)),
        "Qt.matrix4x4(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16)",
        R"({"m11":1,"m12":2,"m13":3,"m14":4,"m21":5,"m22":6,"m23":7,"m24":8,"m31":9,"m32":10,)"
        R"("m33":11,"m34":12,"m41":13,"m42":14,"m43":15,"m44":16})");
    row("points in a list", value(QList<QPoint>{{1, 2}}), "[Qt.point(1, 2)]", R"([{"x":1,"y":2}])");
    // Other types of Qt
    row("QColor", value(QColor(255, 0, 0)), "Qt.rgba(1, 0, 0, 1)", R"("#ff0000")");
    row("transparent QColor", value(QColor(255, 0, 0, 0)), "Qt.rgba(1, 0, 0, 0)", R"("#00ff0000")");
    row("QUrl", value(QUrl(u"http://h/ä b"_s)), "Qt.url('http://h/ä b')",
        R"("http://h/%C3%A4%20b")");
    row("QUuid", value(uuid), "", R"("8889bf9c-6e0e-4f32-8aac-dfa28a2dde39")");
    row("QRegularExpression",
        value(QRegularExpression(u"a/b"_s, QRegularExpression::CaseInsensitiveOption)), "/a\\/b/i",
        R"("/a\\/b/i")");
    row("QLocale", value(QLocale(QLocale::German, QLocale::Austria)), "Qt.locale('de_AT')",
        R"("de-AT")");
    QBitArray bits(2);
    bits.setBit(1);
    row("QBitArray", value(bits), "", "[false,true]");
    row("QJsonObject", value(QJsonObject{{u"a"_s, 1}}), "({ a: 1 })", R"({"a":1})");
    row("QJsonArray", value(QJsonArray{1, u"a"_s}), "[1, 'a']", R"([1,"a"])");
    row("QJsonValue", value(QJsonValue(1.5)), "1.5", "1.5");
    row("QJsonDocument", value(QJsonDocument(QJsonArray{1})), "[1]", "[1]");
    row("QCborValue", value(QCborValue(1)), "1", "1");
    row("QCborArray", value(QCborArray{1, u"a"_s}), "[1, 'a']", R"([1,"a"])");
    row("QCborMap", value(QCborMap{{u"a"_s, 1}}), "({ a: 1 })", R"({"a":1})");
    row("path", sent(std::filesystem::path("a/b")), "'a/b'", R"("a/b")");
}

void TestValues::become()
{
    QFETCH(Cpp, cpp);
    QFETCH(QString, qml);
    QFETCH(QByteArray, json);
    QVariant expected;
    detail::JsonReader reader(json, 10);
    QVERIFY2(reader.read(&expected), reader.errorString().constData());

    QVariant wire;
    m_client->emitEventList(u"value"_s, {cpp.argument()});
    QVERIFY(waitForArgument(&wire));
    QCOMPARE(wire.typeId(), expected.typeId());
    QCOMPARE(wire, expected);
    if (cpp.isReadBack)
        QVERIFY(cpp.isReadBack(wire));

    if (qml.isEmpty())
        return;
    emitFromQml(qml);
    QVERIFY(waitForArgument(&wire));
    QCOMPARE(wire.typeId(), expected.typeId());
    QCOMPARE(wire, expected);
}

void TestValues::bytes()
{
    QVariant wire;
    m_client->emitEvent(u"value"_s, QMap<QString, QByteArray>{{u"a"_s, "\x00\xff"_ba}});
    QVERIFY(waitForArgument(&wire));
    QCOMPARE(wire, QVariant(QVariantMap{{u"a"_s, "\x00\xff"_ba}}));
    for (const auto &expression :
         {u"({ a: new Uint8Array([0, 255]).buffer })"_s, u"({ a: new Uint8Array([0, 255]) })"_s,
          u"({ a: new Uint8Array([9, 0, 255, 9]).subarray(1, 3) })"_s,
          u"({ a: new DataView(new Uint8Array([0, 255]).buffer) })"_s}) {
        emitFromQml(expression);
        QVERIFY(waitForArgument(&wire));
        QCOMPARE(wire, QVariant(QVariantMap{{u"a"_s, QByteArray("\x00\xff", 2)}}));
    }
}

void TestValues::images()
{
    QImage image(3, 2, QImage::Format_ARGB32);
    image.fill(Qt::blue);
    QVariant wire;
    for (const QVariant &argument :
         {toArgument(image), QVariant(image), toArgument(QPixmap::fromImage(image))}) {
        m_client->emitEventList(u"value"_s, {argument});
        QVERIFY(waitForArgument(&wire));
        QCOMPARE(wire.typeId(), int(QMetaType::QByteArray));
        QVERIFY(wire.toByteArray().startsWith("\x89PNG"));
        const std::optional<QImage> read = fromArgument<QImage>(wire);
        QVERIFY(read);
        QCOMPARE(read->convertToFormat(QImage::Format_ARGB32), image);
        QCOMPARE(fromArgument<QPixmap>(wire)->size(), image.size());
    }
    m_client->emitEvent(u"value"_s, QImage());
    QVERIFY(waitForArgument(&wire));
    QCOMPARE(wire.typeId(), int(QMetaType::Nullptr));
    QVERIFY(!fromArgument<QImage>(QVariant("no image"_ba)));
}

void TestValues::whatCannotBeSentIsNamed_data()
{
    QTest::addColumn<QVariant>("argument");
    QTest::addColumn<QString>("type");
    QTest::newRow("struct") << QVariant::fromValue(Opaque()) << u"Values::Opaque"_s;
    QTest::newRow("gadget without properties") << QVariant(QEasingCurve()) << u"QEasingCurve"_s;
    QTest::newRow("QMultiMap") << QVariant::fromValue(QMultiMap<QString, int>{{u"a"_s, 1}})
                               << u"QMultiMap<QString,int>"_s;
    QTest::newRow("QObject") << QVariant::fromValue<QObject *>(this) << u"QObject*"_s;
    QTest::newRow("nested") << QVariant(
        QVariantList{QVariantMap{{u"a"_s, QVariant::fromValue(Opaque())}}})
                            << u"Values::Opaque"_s;
}

void TestValues::whatCannotBeSentIsNamed()
{
    QFETCH(QVariant, argument);
    QFETCH(QString, type);
    QTest::ignoreMessage(QtWarningMsg,
                         qPrintable(u"A value of type %1 in event \"secret\" cannot be sent: "
                                    "see \"Values on the wire\" in the documentation"_s.arg(type)));
    m_client->emitEventList(u"secret"_s, {argument});
    QVariant wire;
    QVERIFY(waitForArgument(&wire));
}

void TestValues::qmlNamesWhatIsNoData_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("what");
    QTest::newRow("function in an array") << u"[() => 1]"_s << u"a function"_s;
    QTest::newRow("function in an object") << u"({ f: () => 1 })"_s << u"a function"_s;
    QTest::newRow("symbol") << u"Symbol('x')"_s << u"a symbol"_s;
    QTest::newRow("symbol in an object") << u"({ s: Symbol('x') })"_s << u"a symbol"_s;
    QTest::newRow("object of the scene") << u"this"_s << u"the object "_s;
    QTest::newRow("object of the scene in an array") << u"[this]"_s << u"the object "_s;
    QTest::newRow("promise") << u"Promise.resolve(1)"_s << u"a Promise"_s;
}

void TestValues::qmlNamesWhatIsNoData()
{
    QFETCH(QString, expression);
    QFETCH(QString, what);
    QTest::ignoreMessage(
        QtWarningMsg, QRegularExpression(u"In event \"value\", argument 1\\S* is %1"_s.arg(what)));
    emitFromQml(expression);
    QVariant wire;
    QVERIFY(waitForArgument(&wire));
}

void TestValues::forwardedSignals()
{
    const QMetaObject::Connection connection =
        m_client->forward(this, &TestValues::moved, u"moved"_s);
    Q_EMIT moved({1, 2}, 3ms, Point());
    QTRY_COMPARE(m_received.size(), 1);
    const QVariantMap point{{u"x"_s, 1.0}, {u"y"_s, 2.0}};
    const QVariantMap gadget{
        {u"x"_s, 1}, {u"at"_s, QVariantMap{{u"x"_s, 0.5}, {u"y"_s, 1}}}, {u"time"_s, 20}};
    QCOMPARE(m_received.first(), (QVariantList{point, 3, gadget}));
    disconnect(connection);
}

void TestValues::textsOfAllKinds()
{
    const QVariant text = u"täxt"_s;
    QCOMPARE(toArgument(std::u16string(u"täxt")), text);
    QCOMPARE(toArgument(std::u32string(U"täxt")), text);
    QCOMPARE(toArgument(std::wstring(L"täxt")), text);
    // Literals and views are no lists of numbers.
    QCOMPARE(toArgument(L"täxt"), text);
    QCOMPARE(toArgument(U"täxt"), text);
    QCOMPARE(toArgument(std::wstring_view(L"täxt")), text);
    QCOMPARE(toArgument(std::u32string_view(U"täxt")), text);
    QCOMPARE(toArgument(static_cast<const wchar_t *>(L"täxt")), text);
    QCOMPARE(toArgument(static_cast<const char32_t *>(nullptr)), QVariant(QString()));
#ifdef __cpp_char8_t
    QCOMPARE(toArgument(u8"täxt"), text);
    QCOMPARE(toArgument(std::u8string(u8"täxt")), text);
    QCOMPARE(toArgument(std::u8string_view(u8"täxt")), text);
#endif
    QCOMPARE(toArgument(QUtf8StringView("täxt")), text);
    QCOMPARE(toArgument(QAnyStringView(u"täxt")), text);
    QCOMPARE(toArgument(QStringView(u"täxt")), text);
    QCOMPARE(toArgument("text"_L1), QVariant(u"text"_s));
}

void TestValues::variantsTakeTheFirstThatFits()
{
    using Variant = std::variant<std::monostate, int, QString, QList<int>>;
    QCOMPARE(fromArgument<Variant>(QVariant::fromValue(nullptr)), Variant());
    QCOMPARE(fromArgument<Variant>(QVariant(3)), Variant(3));
    QCOMPARE(fromArgument<Variant>(QVariant(3.5)), Variant(u"3.5"_s));
    QCOMPARE(fromArgument<Variant>(QVariant(QVariantList{1})), Variant(QList<int>{1}));
    QVERIFY(!fromArgument<Variant>(QVariant(QVariantMap())));
}

void TestValues::whatDoesNotFitIsRefused()
{
    const QVariant text = u"text"_s;
    const QVariant pair = QVariantList{1, 2};
    QVERIFY(!fromArgument<QPoint>(QVariantMap{{u"x"_s, 1}}));
    QVERIFY(!fromArgument<QPoint>(QVariantMap{{u"x"_s, 1}, {u"y"_s, 1.5}}));
    QVERIFY(!fromArgument<QSizeF>(text));
    QVERIFY(!fromArgument<QVector3D>(pair));
    QVERIFY(!fromArgument<QVector2D>(QVariantMap{{u"x"_s, 1e300}, {u"y"_s, 1}}));
    const QVariantMap beyondQint64{{u"x"_s, quint64(1) << 63}, {u"y"_s, 1}};
    QCOMPARE(fromArgument<QVector2D>(beyondQint64), QVector2D(9223372036854775808.0F, 1));
    QVERIFY(!fromArgument<QLocale>(u"nonsense"_s));
    QVERIFY(!fromArgument<QRegularExpression>(u"("_s));
    QVERIFY(!fromArgument<QBitArray>(pair));
    QVERIFY(!fromArgument<QColor>(u"nonsense"_s));
    QVERIFY(!fromArgument<QCborMap>(pair));
    using Tuple = std::tuple<int, int, int>;
    QVERIFY(!fromArgument<Tuple>(pair));
    using Array = std::array<int, 3>;
    QVERIFY(!fromArgument<Array>(pair));
    QVERIFY(!fromArgument<std::chrono::seconds>(QVariant(1500)));
    QVERIFY(!fromArgument<std::chrono::seconds>(QVariant::fromValue(nullptr)));
    QVERIFY(!fromArgument<std::chrono::system_clock::time_point>(text));
}

namespace {

int runWithWindows(int argc, char *argv[])
{
    QGuiApplication application(argc, argv);
    TestValues test;
    return QTest::qExec(&test, argc, argv);
}

} // namespace

QTSOCKETIO_TEST_RUN(runWithWindows)
#include "tst_values.moc"
