namespace Stackmeta.Http;

/// <summary>Which of the two trees a target is in, for metrics: told from the target alone, so that every hop can.</summary>
static class Dialect
{
    public const string OpenStack = "openstack";
    public const string Ec2 = "ec2";

    /// <summary>The list of versions, a health check, and what is nowhere.</summary>
    public const string Other = "other";

    public static string Of(ReadOnlySpan<char> target)
    {
        var path = target.TrimStart('/');
        var end = path.IndexOfAny('/', '?');
        var first = end < 0 ? path : path[..end];
        return first switch
        {
            "openstack" => OpenStack,
            "latest" => Ec2,
            // 1.0, 2007-01-19, …: the versions of the EC2 tree (spec/nova-metadata.md §3.1).
            { Length: > 0 } when char.IsAsciiDigit(first[0]) => Ec2,
            _ => Other,
        };
    }
}
