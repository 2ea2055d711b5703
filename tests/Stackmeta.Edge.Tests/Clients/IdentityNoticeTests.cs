namespace Stackmeta.Edge.Tests;

/// <summary>What the edge says where guests can be told apart less well than they could.</summary>
public sealed class IdentityNoticeTests
{
    [Theory]
    [InlineData(false, false, "this kernel (older than Linux 5.10) does not show guests' MACs, and no port security")]
    [InlineData(false, true, "this kernel (older than Linux 5.10) does not show guests' MACs: guests with link-local")]
    [InlineData(true, false, "no port security holds guests to their MACs and addresses")]
    public void What_is_missing_is_said(bool keepsSyns, bool hasAntiSpoofing, string notice) =>
        Assert.StartsWith(notice, EdgeServer.NoticeOf(keepsSyns, hasAntiSpoofing), StringComparison.Ordinal);

    [Fact]
    public void Nothing_is_said_where_nothing_is_missing() =>
        Assert.Null(EdgeServer.NoticeOf(keepsSyns: true, hasAntiSpoofing: true));
}
