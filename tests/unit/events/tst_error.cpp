// SPDX-License-Identifier: MIT
#include "engineio/client/clienterrorwriter_p.h"
#include "support/testmain.h"

#include <EngineIo/ClientError>
#include <SocketIo/AckException>
#include <SocketIo/Error>

#include <QtTest/qtest.h>

using namespace SocketIo;
using namespace Qt::StringLiterals;

// Errors as values, and what they say to whom.
class tst_Error : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsNoError();
    void constructorsGiveTheirParts();
    void textsAreSocketIos();
    void hintsSayWhatMayHelp_data();
    void hintsSayWhatMayHelp();
    void clientErrorsKeepTheirDetails();
};

void tst_Error::nothingIsNoError()
{
    const Error error;
    QVERIFY(!error.isError() && !error);
    QCOMPARE(error.type(), Error::Type::NoError);
    QVERIFY(error.message().isEmpty() && error.hint().isEmpty() && !error.data().isValid());
    const EngineIo::ClientError clientError;
    QVERIFY(!clientError.isError());
    QVERIFY(clientError.message().isEmpty() && clientError.text().isEmpty());
}

void tst_Error::constructorsGiveTheirParts()
{
    const Error plain(u"no"_s);
    QCOMPARE(plain.type(), Error::Type::Refused);
    QCOMPARE(plain.message(), u"no"_s);
    QVERIFY(!plain.data().isValid()); // the client's error has no data either
    const Error withData(u"no"_s, QVariantMap{{u"code"_s, 7}});
    QCOMPARE(withData.type(), Error::Type::Refused);
    QCOMPARE(withData.data().toMap().value(u"code"_s).toInt(), 7);
    const Error typed(Error::Type::Protocol, u"broken"_s);
    QVERIFY(typed.isError());
    QVERIFY(!typed.data().isValid());
    QCOMPARE(AckException(typed).what(), "broken");
    QCOMPARE(AckException(typed).error().type(), Error::Type::Protocol);
}

void tst_Error::textsAreSocketIos()
{
    QCOMPARE(Error::timeout().message(), u"operation has timed out"_s);
    QCOMPARE(Error::timeout().type(), Error::Type::Timeout);
    QCOMPARE(Error::disconnected().message(), u"socket has been disconnected"_s);
    QCOMPARE(Error::disconnected().type(), Error::Type::Disconnected);
}

void tst_Error::hintsSayWhatMayHelp_data()
{
    QTest::addColumn<Error>("error");
    QTest::addColumn<QString>("word");
    // Whoever knows more says so.
    Error known(Error::Type::Timeout, u"timeout"_s);
    known.setHint(u"Ask the firewall."_s);
    QTest::newRow("of its own") << known << u"firewall"_s;
    QTest::newRow("middleware") << Error(u"not authorized"_s) << u"auth"_s;
    QTest::newRow("acknowledgement") << Error::timeout() << u"acknowledge"_s;
    QTest::newRow("disconnected") << Error::disconnected() << u"retries"_s;
    QTest::newRow("protocol") << Error(Error::Type::Protocol, u"parse error"_s) << u"parser"_s;
    QTest::newRow("argument") << Error(Error::Type::Argument, u"does not fit"_s) << u"parameters"_s;
}

void tst_Error::hintsSayWhatMayHelp()
{
    QFETCH(Error, error);
    QFETCH(QString, word);
    const QString hint = error.hint();
    QVERIFY2(hint.contains(word), qPrintable(hint));
    QVERIFY2(hint.endsWith(u'.') && hint.at(0).isUpper(), qPrintable(hint)); // a sentence
    QVERIFY(!error.message().contains(hint));                                // which is not sent
    QVERIFY(!error.data().isValid());
}

void tst_Error::clientErrorsKeepTheirDetails()
{
    using EngineIo::ClientError;
    ClientError error(ClientError::Type::Http, u"cannot connect"_s, u"forbidden"_s);
    EngineIo::detail::ClientErrorWriter writer(error);
    const ClientError before = error;
    writer.setHttpAnswer(403, "{}");
    writer.setHint(u"Ask the server."_s);
    QCOMPARE(before.httpStatus(), 0); // a copy of its own
    QVERIFY(before.hint().isEmpty());
    QCOMPARE(error.hint(), u"Ask the server."_s);
    QVERIFY(error.isError());
    QCOMPARE(error.text(), u"cannot connect"_s);
    QCOMPARE(error.description(), u"forbidden"_s);
    QCOMPARE(error.httpStatus(), 403);
    QCOMPARE(error.httpBody(), QByteArray("{}"));
    QCOMPARE(error.closeCode(), 0);
    const ClientError bare(ClientError::Type::Network, {}, u"reset"_s);
    QCOMPARE(bare.text(), u"reset"_s);
}

QTSOCKETIO_TEST(tst_Error)
#include "tst_error.moc"
