using System.Text;

namespace Stackmeta.Tests.Support;

/// <summary>
/// The haproxy file that Neutron's agents write (Neutron, <c>agent/metadata/driver_base.py</c>), so that the tests' proxies are those of
/// a cloud and our reader meets what it will meet there.
/// </summary>
public static class NeutronHaproxyFile
{
    /// <param name="binds">The lines after <c>listen listener</c>, such as <c>bind 0.0.0.0:9697</c>.</param>
    /// <param name="socket">The agent's unix socket.</param>
    /// <param name="rules">The lines that remove and set the headers of identity.</param>
    /// <param name="daemon">Name, user and pid file of one that goes to the background; null for one that stays the test's child.</param>
    public static string Render(
        IEnumerable<string> binds,
        string socket,
        IEnumerable<string> rules,
        (string Uuid, string User, string PidFile)? daemon = null
    )
    {
        var text = new StringBuilder("\nglobal\n");
        if (daemon is var (uuid, user, pidFile))
        {
            Add(
                "log         /dev/log local0 debug",
                $"log-tag     haproxy-metadata-proxy-{uuid}",
                $"user        {user}",
                $"group       {user}"
            );
            Add("maxconn     1024", "nbthread    2", $"pidfile     {pidFile}", "daemon");
            text.Append("\ndefaults\n");
            Add("log global");
        }
        else
        {
            Add("maxconn     1024", "nbthread    2");
            text.Append("\ndefaults\n");
        }
        Add(
            "mode http",
            "option httplog",
            "option dontlognull",
            "option http-server-close",
            "option forwardfor",
            "retries                 3",
            "timeout http-request    30s",
            "timeout connect         30s",
            "timeout client          32s",
            "timeout server          32s",
            "timeout http-keep-alive 30s"
        );
        text.Append("\n\nlisten listener\n");
        Add([.. binds]);
        text.Append('\n');
        Add($"server metadata {socket}");
        text.Append('\n');
        Add([.. rules]);
        return text.ToString();

        void Add(params string[] lines)
        {
            foreach (var line in lines)
            {
                text.Append("    ").Append(line).Append('\n');
            }
        }
    }
}
