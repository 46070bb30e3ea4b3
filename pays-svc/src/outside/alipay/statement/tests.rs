//! Bills as Alipay writes them, and what must not be taken for one.

use std::io::Write;

use zip::write::{SimpleFileOptions, ZipWriter};

use super::*;

const HEAD: &str = "支付宝交易号,商户订单号,业务类型,商品名称,创建时间,完成时间,门店编号,门店名称,操作员,终端号,对方账户,订单金额（元）,商家实收（元）,支付宝红包（元）,集分宝（元）,支付宝优惠（元）,商家优惠（元）,券核销金额（元）,券名称,商家红包消费金额（元）,卡消费金额（元）,退款批次号/请求号,服务费（元）,分润（元）,备注";
const SUMMARY: &str = "#支付宝业务汇总查询\r\n门店编号,门店名称,交易订单总笔数\r\n合计\t,\t,1\t\r\n";

fn line(trade_no: &str, kind: &str, subject: &str, amount: &str, request_no: &str) -> String {
    format!(
        "{trade_no}\t,7\t,{kind}\t,{subject}\t,2026-11-21 19:31:00\t,2026-11-21 19:31:08\t,\t,\t,\t,\t,*达(dad***)\t,{amount}\t,{amount}\t,0.00\t,0.00\t,0.00\t,0.00\t,0.00\t,\t,0.00\t,0.00\t,{request_no}\t,-0.01\t,0.00\t,\t"
    )
}

fn details(lines: &[String], footer: &str) -> String {
    format!(
        "#支付宝业务明细查询\r\n#账号：[20880001000000010156]\r\n#起始日期：[2026年11月21日 00:00:00]   终止日期：[2026年11月22日 00:00:00]\r\n\
         #-----------------------------------------业务明细列表----------------------------------------\r\n{HEAD}\r\n{}\r\n\
         #-----------------------------------------业务明细列表结束------------------------------------\r\n{footer}\
         #导出时间：[2026年11月22日 09:00:00]\r\n",
        lines.join("\r\n")
    )
}

fn packed(files: &[&str]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (index, text) in files.iter().enumerate() {
        zip.start_file(format!("{index}.csv"), SimpleFileOptions::default())
            .unwrap();
        zip.write_all(&GBK.encode(text).0).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn a_bill_is_read_line_by_line_whatever_its_subjects_hold() {
    let lines = [
        line("t1", "交易", "达达,商城,a", "88.80", ""),
        line("t1", "退款", "达达", "-8.80", "R1"),
    ];
    let footer = "#交易合计：1笔，商家实收共88.00元，商家优惠共0.80元\r\n#退款合计：1笔，商家实收退款共-8.80元，商家优惠退款共0.00元\r\n";
    let bill = read(&packed(&[SUMMARY, &details(&lines, footer)])).unwrap();
    let entry = |kind, fen| Entry {
        kind,
        trade_no: "t1".into(),
        order_id: "7".into(),
        amount: Fen(fen),
    };
    assert_eq!(
        bill.entries,
        [entry(Kind::Payment, 8880), entry(Kind::Refund("R1".into()), 880)]
    );
    let totals = Totals {
        payments: (1, Fen(8880)),
        refunds: (1, Fen(880)),
    };
    assert_eq!(bill.totals, Some(totals));
}

#[test]
fn a_day_without_payments_is_an_empty_bill() {
    let bill = read(&packed(&[&details(&[], "")])).unwrap();
    assert_eq!((bill.entries.len(), bill.totals), (0, None));
}

#[test]
fn what_is_no_bill_is_refused() {
    let with = |lines: &[String]| read(&packed(&[&details(lines, "")]));
    assert!(matches!(read(b"no zip"), Err(StatementError::Zip(_))));
    assert!(matches!(read(&packed(&[SUMMARY])), Err(StatementError::NoTable)));
    assert!(matches!(
        with(&[line("t", "交易", "s", "1e3", "")]),
        Err(StatementError::Amount { .. })
    ));
    for (kind, amount) in [("交易", "-1.00"), ("退款", "1.00"), ("分账", "1.00")] {
        let read = with(&[line("t", kind, "s", amount, "")]);
        assert!(
            matches!(read, Err(StatementError::Line { .. })),
            "{kind} {amount}"
        );
    }
    assert!(matches!(with(&["a,b".into()]), Err(StatementError::Line { .. })));
    let without = details(&[], "").replace("订单金额（元）", "金额");
    assert!(matches!(
        read(&packed(&[&without])),
        Err(StatementError::Column(_))
    ));
}
