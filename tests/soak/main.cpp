// SPDX-License-Identifier: MIT
#include "soak.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qloggingcategory.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace {

void print(const char *what, qint64 count)
{
    printf("%-28s %lld\n", what, static_cast<long long>(count));
}

} // namespace

// Days in the life of two servers and their clients: cuts, stalls, readers that do not read, new
// versions. Every event is accounted for, and in the pauses the servers must be what they were.
int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    QCommandLineParser parser;
    parser.addHelpOption();
    Soak::Settings settings;
    const QCommandLineOption server(u"server"_s, u"The program soak-server."_s, u"program"_s);
    const QCommandLineOption seconds(u"seconds"_s, u"How long it takes at least."_s, u"count"_s,
                                     QString::number(settings.seconds));
    const QCommandLineOption clients(u"clients"_s, u"Clients of each of the two servers."_s,
                                     u"count"_s, QString::number(settings.clients));
    const QCommandLineOption period(u"period"_s, u"Seconds of faults between two pauses."_s,
                                    u"count"_s, QString::number(settings.secondsOfFaults));
    const QCommandLineOption curve(u"curve"_s, u"Writes the servers' memory, pause by pause."_s,
                                   u"file"_s);
    parser.addOptions({server, seconds, clients, period, curve});
    parser.process(app);
    settings.server = parser.value(server);
    settings.curve = parser.value(curve);
    settings.seconds = parser.value(seconds).toInt();
    settings.clients = parser.value(clients).toInt();
    settings.secondsOfFaults = parser.value(period).toInt();
    // Lost connections are meant here.
    QLoggingCategory::setFilterRules(u"qt.socketio.*.warning=false"_s);

    Soak soak(settings);
    QObject::connect(&soak, &Soak::ended, &app, &QCoreApplication::quit);
    QCoreApplication::exec();

    const Accounts &accounts = soak.accounts();
    print("said by clients", accounts.said);
    print("acknowledged", accounts.acknowledged);
    print("of clients that were deleted", accounts.abandoned);
    print("heard by clients", accounts.heard);
    print("connections", accounts.connections);
    print("recovered", accounts.recovered);
    print("cuts", accounts.cuts);
    print("stalls", accounts.stalls);
    print("deploys", accounts.deploys);
    print("slow readers let go", accounts.slowReadersEnded);
    bool isRight = accounts.mistakes.isEmpty();
    if (accounts.said != accounts.acknowledged + accounts.abandoned) {
        printf("not accounted for: %lld\n",
               static_cast<long long>(accounts.said - accounts.acknowledged - accounts.abandoned));
        isRight = false;
    }
    if (accounts.heard == 0 || accounts.acknowledged == 0 || accounts.recovered == 0) {
        printf("nothing was tried\n");
        isRight = false;
    }
    for (const QString &mistake : accounts.mistakes)
        printf("%s\n", qPrintable(mistake));
    return isRight ? 0 : 1;
}
