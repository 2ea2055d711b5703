using System.Text;
using Stackmeta.OpenStack;

namespace Stackmeta.Fuzz;

/// <summary>Configuration files of Nova and Neutron.</summary>
sealed class OsloFileTarget : TextTarget
{
    protected override IEnumerable<string> Texts =>
        [
            "[DEFAULT]\nnova_metadata_host = 10.0.0.1\nmetadata_proxy_shared_secret = a$b${c}\n# a\n[api_database]\nconnection = mysql+pymysql://u:p@h/nova_api?charset=utf8\n",
            "[database]\nconnection: x\n  goes on\n\n[keystone_authtoken]\nauth_url=http://h:5000\n;x\n",
        ];

    protected override IEnumerable<string> Pieces =>
        ["[", "]", "=", ":", "\n ", "\n\t", "$", "${", "$$", "\\$", "%(a)s", "\r\n", "\ufeff", "[a]b\n", "\u0085"];

    protected override bool IsSaid(Exception exception) => exception is ConfigurationException;

    protected override ValueTask ParseAsync(byte[] input)
    {
        ConfigurationParser.Parse("file", Encoding.UTF8.GetString(input));
        return default;
    }
}
