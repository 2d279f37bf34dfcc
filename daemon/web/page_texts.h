/*
 * page_texts - the files of pages/ as they were at build time, so that none is read at run time
 */
#ifndef WEB_PAGE_TEXTS_H
#define WEB_PAGE_TEXTS_H

extern const char PAGE_TEXT_layout[], PAGE_TEXT_card[], PAGE_TEXT_person[], PAGE_TEXT_board[],
	PAGE_TEXT_month[], PAGE_TEXT_subscribe[], PAGE_TEXT_feed[], PAGE_TEXT_help[],
	PAGE_TEXT_notice[], PAGE_TEXT_leaders[], PAGE_TEXT_slip[], PAGE_TEXT_table[], PAGE_TEXT_unit[],
	PAGE_TEXT_activity[], PAGE_TEXT_quota[], PAGE_TEXT_style[];

#endif
