// SPDX-License-Identifier: MIT
#include "startdialog.h"

#include <QtWidgets/qdialogbuttonbox.h>
#include <QtWidgets/qformlayout.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qpushbutton.h>
#include <QtWidgets/qradiobutton.h>
#include <QtWidgets/qspinbox.h>

StartDialog::StartDialog(Start *start)
{
    setWindowTitle(tr("Whiteboard"));
    auto *name = new QLineEdit(start->name);
    auto *room = new QLineEdit(start->room);
    auto *host = new QRadioButton(tr("Host a board on port"));
    auto *port = new QSpinBox;
    auto *join = new QRadioButton(tr("Join the board at"));
    auto *url = new QLineEdit(start->url);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel);
    port->setRange(0, 65535);
    port->setValue(start->port);
    host->setChecked(true);
    url->setMinimumWidth(240);

    auto *form = new QFormLayout(this);
    form->addRow(tr("Your name"), name);
    form->addRow(tr("Room"), room);
    form->addRow(host, port);
    form->addRow(join, url);
    form->addRow(buttons);

    connect(host, &QRadioButton::toggled, port, &QWidget::setEnabled);
    connect(join, &QRadioButton::toggled, url, &QWidget::setEnabled);
    url->setEnabled(false);
    connect(buttons, &QDialogButtonBox::rejected, this, &QDialog::reject);
    connect(buttons, &QDialogButtonBox::accepted, this, [=, this] {
        start->host = host->isChecked();
        start->port = quint16(port->value());
        start->url = url->text();
        start->room = room->text();
        start->name = name->text();
        accept();
    });
}
