"""`nbpublish serve`: on every save the page has changed already.

    watch    events of the file system → sets of files that really changed
    desk     the files changed → what is to be done: open pages at once, the whole site behind them
    bench    one open page: its notebook is built again, told of cell by cell
    again    a page is made again with what the last build of the site left, through the same events
    shown    a page as its readers have it: parts with versions, and what a reader lacks
    http     the web server: files, the event stream, who may ask
    client   the script and the few rules of CSS in the browser
"""
