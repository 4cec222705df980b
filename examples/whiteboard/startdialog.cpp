// SPDX-License-Identifier: MIT
#include "startdialog.h"

#include <SocketIo/Server>

#include <QtWidgets/qboxlayout.h>
#include <QtWidgets/qdialogbuttonbox.h>
#include <QtWidgets/qformlayout.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qpushbutton.h>
#include <QtWidgets/qradiobutton.h>
#include <QtWidgets/qspinbox.h>

using namespace Qt::StringLiterals;

namespace {

QString problemOf(const Start &start, SocketIo::Server *io)
{
    if (start.room.isEmpty())
        return StartDialog::tr(
            "Enter the name of a board: all who enter the same name draw together.");
    if (!start.host) {
        return start.url.isEmpty()
            ? StartDialog::tr("Enter the address of the board: its host sees it at the bottom of "
                              "the window.")
            : QString();
    }
    const QHostAddress address(start.address);
    if (address.isNull())
        return StartDialog::tr("\"%1\" is no IP address. 0.0.0.0 stands for all of "
                               "this computer.")
            .arg(start.address);
    if (io->listen(address, start.port))
        return {};
    return StartDialog::tr("%1. Choose another port, or join the board that is there.")
        .arg(io->errorString());
}

} // namespace

StartDialog::StartDialog(Start *start, const QString &problem)
{
    setWindowTitle(tr("Whiteboard"));
    auto *name = new QLineEdit(start->name);
    auto *room = new QLineEdit(start->room);
    auto *host = new QRadioButton(tr("&Host the board at"));
    auto *address = new QLineEdit(start->address);
    auto *port = new QSpinBox;
    auto *join = new QRadioButton(tr("&Join the board at"));
    auto *url = new QLineEdit(start->url);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    room->setObjectName(u"room"_s);
    host->setObjectName(u"host"_s);
    address->setObjectName(u"address"_s);
    address->setAccessibleName(tr("Address to host at"));
    address->setToolTip(tr("0.0.0.0 for all of this computer, 127.0.0.1 for this computer alone"));
    port->setObjectName(u"port"_s);
    port->setAccessibleName(tr("Port"));
    port->setRange(0, 65535);
    port->setPrefix(tr("port "));
    port->setSpecialValueText(tr("any port")); // the system chooses
    port->setValue(start->port);
    join->setObjectName(u"join"_s);
    url->setObjectName(u"url"_s);
    url->setAccessibleName(tr("Address of the board"));
    url->setMinimumWidth(240);

    auto *form = new QFormLayout(this);
    if (!problem.isEmpty()) {
        auto *label = new QLabel(problem);
        label->setObjectName(u"problem"_s);
        label->setTextFormat(Qt::PlainText);
        label->setWordWrap(true);
        form->addRow(label);
    }
    form->addRow(tr("Your &name"), name);
    form->addRow(tr("&Board"), room);
    auto *place = new QHBoxLayout;
    place->addWidget(address, 1);
    place->addWidget(port);
    form->addRow(host, place);
    form->addRow(join, url);
    form->addRow(buttons);

    connect(host, &QRadioButton::toggled, address, &QWidget::setEnabled);
    connect(host, &QRadioButton::toggled, port, &QWidget::setEnabled);
    connect(join, &QRadioButton::toggled, url, &QWidget::setEnabled);
    host->setChecked(start->host);
    join->setChecked(!start->host);
    address->setEnabled(start->host);
    port->setEnabled(start->host);
    url->setEnabled(!start->host);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [=, this] {
        start->host = host->isChecked();
        start->address = address->text().trimmed();
        start->port = quint16(port->value());
        start->url = url->text().trimmed();
        start->room = room->text().trimmed();
        start->name = name->text();
        accept();
    });
}

bool begin(Start *start, SocketIo::Server *io, bool isDecided, QString problem)
{
    while (!isDecided || !(problem = problemOf(*start, io)).isEmpty()) {
        isDecided = true;
        if (StartDialog(start, problem).exec() != QDialog::Accepted)
            return false;
    }
    return true;
}
